// Package gallery holds every page in every state as literal views, with
// invented names. It is shown in development builds and feeds the markup,
// accessibility and picture tests, so that a new state is tested by being listed.
package gallery

import (
	"io"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/web/about"
	"github.com/stillwatch/stillwatch/internal/web/access"
	"github.com/stillwatch/stillwatch/internal/web/board"
	"github.com/stillwatch/stillwatch/internal/web/chair"
	"github.com/stillwatch/stillwatch/internal/web/chair/states"
	"github.com/stillwatch/stillwatch/internal/web/closed"
	"github.com/stillwatch/stillwatch/internal/web/devices"
	"github.com/stillwatch/stillwatch/internal/web/entry"
	"github.com/stillwatch/stillwatch/internal/web/handover"
	"github.com/stillwatch/stillwatch/internal/web/knowledge"
	"github.com/stillwatch/stillwatch/internal/web/order"
	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/paper"
	"github.com/stillwatch/stillwatch/internal/web/password"
	"github.com/stillwatch/stillwatch/internal/web/patients"
	"github.com/stillwatch/stillwatch/internal/web/people"
	"github.com/stillwatch/stillwatch/internal/web/problem"
	"github.com/stillwatch/stillwatch/internal/web/record"
	"github.com/stillwatch/stillwatch/internal/web/referral"
	"github.com/stillwatch/stillwatch/internal/web/room"
	"github.com/stillwatch/stillwatch/internal/web/schedule"
	"github.com/stillwatch/stillwatch/internal/web/signin"
	"github.com/stillwatch/stillwatch/internal/web/transfer"
	"github.com/stillwatch/stillwatch/internal/web/trust"
	"github.com/stillwatch/stillwatch/internal/web/unlock"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/web/worklist"
)

// State is one page in one state.
type State struct {
	Name   string // "board-six-chairs": page, then state
	Render func(io.Writer, page.Assets) error
}

func state[V any](name string, p *page.Template[V], v V) State {
	return State{name, func(w io.Writer, a page.Assets) error { return p.Render(w, a, v) }}
}

// States lists every state, page by page.
func States() []State {
	return slices.Concat(chairs(), ownPages(), []State{
		state("board-six-chairs", board.Page, Board()),
		state("board-public", board.Page, boardPublic()),
		state("board-old-values", board.Page, boardOldValues()),
		state("board-empty", board.Page, boardEmpty()),
		state("board-devices", board.Page, boardDevices()),
		state("board-alarms", board.Page, boardAlarms()),
		state("board-test", board.Page, boardTest()),
		state("board-alarms-public", board.Page, boardAlarmsPublic()),
		state("signin", signin.Page, signIn()),
		state("signin-wrong", signin.Page, signInWrong()),
		state("password", password.Page, newPassword()),
		state("unlock", unlock.Page, unlockPad()),
		state("unlock-not-enrolled", unlock.Page, unlockStranger()),
		state("unlock-wrong", unlock.Page, unlockWrong()),
		state("worklist", worklist.Page, workList()),
		state("worklist-empty", worklist.Page, workListEmpty()),
		state("record-open", record.Page, recordOpen()),
		state("record-empty", record.Page, recordEmpty()),
		state("entry-order", entry.Page, attachOrder()),
		state("entry-order-refused", entry.Page, attachOrderRefused()),
		state("order-new", order.Page, orderNew()),
		state("order-refused", order.Page, orderRefused()),
		state("library-values", knowledge.Values, libraryValues()),
		state("library-values-looked", knowledge.Values, libraryValuesLooked()),
		state("library-values-refused", knowledge.Values, libraryValuesRefused()),
		state("library-patients", knowledge.Patients, patientTexts()),
		state("today", referral.Today, today()),
		state("today-not-run", referral.Today, todayNotRun()),
		state("entry-review", entry.Page, reviewVisit()),
		state("entry-waste", entry.Page, wasteDrug()),
		state("transfer", transfer.Page, transferSheet()),
		state("handover", handover.Page, handOver()),
		state("handover-empty", handover.Page, handOverEmpty()),
		state("closed", closed.Page, closedRecord()),
		state("closed-refused", closed.Page, closedRefused()),
		state("access", access.Page, accessList()),
		state("access-empty", access.Page, view.Accesses{Page: light("Records opened in an emergency")}),
		state("paper", paper.Page, paperBlank()),
		state("paper-running", paper.Page, paperRunning()),
		state("paper-dim", paper.Page, paperDim()),
		state("schedule", schedule.Page, planVisit()),
		state("schedule-refused", schedule.Page, planRefused()),
		state("patients", patients.Page, patientList()),
		state("patients-empty", patients.Page, patientsEmpty()),
		state("people", people.Page, staff()),
		state("people-one-time", people.Page, staffOneTime()),
		state("devices", devices.Page, deviceList()),
		state("devices-code", devices.Page, devicesCode()),
		state("devices-empty", devices.Page, devicesEmpty()),
		state("room-open", room.Page, roomOpen()),
		state("room-signed", room.Page, roomSigned()),
		state("trust", trust.Page, trustOwn()),
		state("trust-given", trust.Page, trustGiven()),
		state("trust-plain", trust.Page, trustPlain()),
		state("about", about.Page, aboutPage()),
		state("problem", problem.Page, problemPage()),
		state("problem-forbidden", problem.Page, problemForbidden()),
	})
}

// chairs are the chair's page in every state of its own list.
func chairs() []State {
	var out []State
	for _, s := range states.All(time.UnixMilli(now).UTC()) {
		if !s.Lost { // that is a matter of the page, not of what it was sent
			out = append(out, state("chair-"+s.Name, chair.Page, chair.Shell{Page: dim("Chair 3"), Chair: 3, First: s.Chair, Still: true}))
		}
	}
	return out
}
