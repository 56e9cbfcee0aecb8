package web

import (
	"net/http"
)

// routes is the list of every door.
func (s *site) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", s.open(known, s.home))
	mux.HandleFunc("GET /sign-in", s.open(anyone, s.signInPage))
	mux.HandleFunc("POST /sign-in", s.open(anyone, s.signIn))
	mux.HandleFunc("POST /sign-out", s.open(anyone, s.signOut))
	mux.HandleFunc("GET /password", s.open(anyone, s.passwordPage))
	mux.HandleFunc("POST /password", s.open(anyone, s.setPassword))
	mux.HandleFunc("GET /unlock", s.open(known, s.unlockPage))
	mux.HandleFunc("POST /unlock", s.open(known, s.unlock))
	mux.HandleFunc("POST /lock", s.open(known, s.lock))

	mux.HandleFunc("GET /board", s.open(known, s.board))
	mux.HandleFunc("GET /chair/{n}", s.open(known, s.chair))
	mux.HandleFunc("GET "+awayWorker, s.serveWorker)
	mux.HandleFunc("GET "+awayShell, s.serveShell)

	mux.HandleFunc("GET /sessions", s.open(staff, s.worklist))
	mux.HandleFunc("GET /sessions/{id}", s.open(staff, s.record))
	mux.HandleFunc("GET /sessions/{id}/record.pdf", s.open(staff, s.recordPDF))
	mux.HandleFunc("GET /sessions/{id}/transfer", s.open(staff, s.transfer))
	mux.HandleFunc("GET /sessions/{id}/transfer.pdf", s.open(staff, s.transferPDF))
	mux.HandleFunc("GET /sessions/{id}/handover", s.open(staff, s.handover))
	mux.HandleFunc("GET /handover", s.open(staff, s.handovers))
	mux.HandleFunc("GET /sessions/{id}/pack.pdf", s.open(staff, s.packPDF))
	mux.HandleFunc("GET /sessions/{id}/paper", s.open(staff, s.paperPage))
	mux.HandleFunc("GET /sessions/{id}/sheets/{position}", s.open(staff, s.sheet))
	mux.HandleFunc("GET /packs.pdf", s.open(staff, s.packsPDF))
	mux.HandleFunc("GET /sessions/{id}/acts/{act}", s.open(staff, s.actPage))
	mux.HandleFunc("POST /sessions/{id}/acts/{act}", s.open(staff, s.takeAct))
	mux.HandleFunc("POST /sessions/{id}/open", s.open(staff, s.openRecord))
	mux.HandleFunc("GET /access", s.open(staff, s.accessPage))
	mux.HandleFunc("POST /access", s.open(staff, s.reviewAccess))
	mux.HandleFunc("GET /schedule", s.open(staff, s.schedulePage))
	mux.HandleFunc("POST /schedule", s.open(staff, s.plan))

	mux.HandleFunc("GET /patients", s.open(staff, s.patientsPage))
	mux.HandleFunc("POST /patients", s.open(staff, s.addPatient))
	mux.HandleFunc("GET /people", s.open(staff, s.peoplePage))
	mux.HandleFunc("POST /people", s.open(staff, s.addPerson))
	mux.HandleFunc("POST /people/change", s.open(staff, s.changePerson))
	mux.HandleFunc("GET /devices", s.open(staff, s.devicesPage))
	mux.HandleFunc("POST /devices/monitors", s.open(staff, s.addMonitor))
	mux.HandleFunc("POST /devices/code", s.open(staff, s.enrolCode))
	mux.HandleFunc("POST /devices/revoke", s.open(staff, s.revoke))
	mux.HandleFunc("POST /enrol", s.open(anyone, s.enrol))
	mux.HandleFunc("GET /room-check", s.open(staff, s.roomPage))
	mux.HandleFunc("POST /room-check", s.open(staff, s.signRoom))

	mux.HandleFunc("GET /alarms", s.open(staff, s.alarmsPage))
	mux.HandleFunc("GET /alarms/review", s.open(staff, s.alarmReview))
	mux.HandleFunc("GET /alarms/what-if", s.open(staff, s.whatIf))
	mux.HandleFunc("POST /alarms", s.open(staff, s.signAlarms))
	mux.HandleFunc("GET /library", s.open(staff, s.libraryPage))
	mux.HandleFunc("POST /library", s.open(staff, s.adoptLibrary))

	mux.HandleFunc("GET /trust", s.open(anyone, s.trustPage))
	mux.HandleFunc("GET /trust/authority.crt", s.open(anyone, s.authority))
	mux.HandleFunc("GET /about", s.open(anyone, s.about))
	mux.HandleFunc("GET /healthz", s.open(anyone, s.health))

	mux.HandleFunc("GET /v1/stream", s.open(known, s.stream))
	mux.HandleFunc("GET /v1/chair/{n}", s.open(known, s.chairView))
	mux.HandleFunc("POST /v1/commands/{act}", s.open(anyone, s.command))
	mux.HandleFunc("POST /v1/paper/{id}", s.open(staff, s.tryPaper))
	mux.HandleFunc("POST /v1/sheets/{id}/{command}", s.open(staff, s.keepSheet))
	mux.HandleFunc("POST /v1/witness", s.open(known, s.witness))
	mux.HandleFunc("POST /v1/grant", s.open(staff, s.grant))
	mux.HandleFunc("POST /v1/unlock", s.open(known, s.unlockHere))
	mux.HandleFunc("POST /v1/lock", s.open(known, s.lockHere))
	mux.HandleFunc("POST /v1/here", s.open(staff, s.here))
	mux.HandleFunc("POST /sound-test", s.open(known, s.testSound))
	mux.HandleFunc("POST /v1/hearing", s.open(known, s.hearing))
	mux.HandleFunc("GET /v1/{table}", s.serveTable)

	mux.HandleFunc("GET /assets/{name}", serveAsset)
	mux.HandleFunc("GET /icon.svg", serveIcon)
	if s.Gallery {
		mux.HandleFunc("GET /gallery", s.galleryIndex)
		mux.HandleFunc("GET /gallery/{name}", s.galleryPage)
	}
	mux.HandleFunc("/", s.open(anyone, func(http.ResponseWriter, *http.Request, Visitor) error { return errNotFound }))
}
