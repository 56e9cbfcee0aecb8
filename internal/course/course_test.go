package course_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/journal/journaltest"
	"github.com/stillwatch/stillwatch/internal/rule"
	"github.com/stillwatch/stillwatch/internal/word"
)

var update = flag.Bool("update", false, "write the corpus examples that are missing; existing ones are never changed")

const (
	patient ident.Patient = "0193b4c5-7a10-7000-8000-000000000001"
	doctor  ident.Person  = "0193b4c5-7a10-7000-8000-0000000000d0"
	other   ident.Course  = "0193b4c5-7a10-7000-8000-0000000000c1"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.FixedZone("CET", 3600))

// sealed is personal text as it stands in the record.
func sealed(n byte) journal.Private {
	return journal.Private{ID: ident.Detail("0193b4c5-7a10-7000-8000-0000000000" + string([]byte{'0' + n/10, '0' + n%10})), Hash: strings.Repeat("ab", 32)}
}

func table() rule.Table {
	return rule.NewTable([]rule.Class{{ID: "opioid"}}, []rule.KnownMedicine{{Key: "morphine", Classes: []string{"opioid"}}, {Key: "allopurinol"}})
}

var (
	clear_   = course.Verdict{Rule: "CI-A", Version: 1, Result: rule.Clear, Policy: course.Hard}
	hard     = course.Verdict{Rule: "CI-PSY", Version: 1, Result: rule.Finding, Policy: course.Hard, Inputs: []course.Looked{{Input: "history.schizophrenia", Value: "yes", At: "2026-11-20T00:00:00+01:00", Source: "letter"}}}
	hardLack = course.Verdict{Rule: "CI-HTN", Version: 1, Result: rule.CouldNotCheck, Policy: course.Hard, Lacks: []course.Lack{{Input: "signs.sbp", Why: rule.NotStated}}}
	soft     = course.Verdict{Rule: "SOFT-BMI", Version: 2, Result: rule.Finding, Policy: course.Soft, Inputs: []course.Looked{{Input: "body.bmi", Value: "41", At: "2026-11-20T00:00:00+01:00", Source: "nurse"}}}
	noted    = course.Verdict{Rule: "NOTE-LAM", Version: 1, Result: rule.Finding, Policy: course.Note}
	ofToday  = course.Verdict{Rule: "CI-NPO", Version: 1, Result: rule.CouldNotCheck, Policy: course.Hard, Today: true}
)

func env(roles ...act.Role) course.Env {
	return course.Env{
		Now: noon, OccurredAt: noon, Actor: act.Actor{Kind: act.Person, Person: doctor, Roles: roles}, KnownPatient: true, Adopted: true,
		Library: "c0ffee", Medicines: table(), Checked: checked(clear_),
	}
}

func checked(vs ...course.Verdict) []course.Checked {
	var out []course.Checked
	for _, v := range vs {
		out = append(out, course.Checked{Verdict: v})
	}
	return out
}

func seen(vs ...course.Verdict) []course.Seen {
	var out []course.Seen
	for _, v := range vs {
		out = append(out, course.Seen{Rule: v.Rule, Result: v.Result})
	}
	return out
}

func referral() course.Referral {
	return course.Referral{Patient: patient, Received: "2026-11-20", Referrer: sealed(1), Reason: sealed(2)}
}

func goodPlan() course.Plan {
	return course.Plan{
		Indication: "crps", ICD10: "G90.5", Endpoint: course.Endpoint{Instrument: "peg", Now: "7.3", Target: "5", Weeks: 4},
		Infusions: 4, Hours: "4", Adjuncts: []course.Adjunct{course.AdjunctPhysiotherapy}, Reevaluate: "2027-02-01",
	}
}

// after folds events, a minute apart, into a state.
func after(events ...course.Event) course.State {
	var s course.State
	for i, e := range events {
		s = course.Evolve(s, entry(int64(i+1), noon.Add(time.Duration(i-60)*time.Minute), e))
	}
	return s
}

func entry(n int64, at time.Time, e course.Event) course.Entry {
	return course.Entry{Meta: journal.Meta{
		Sequence: n, Position: 100 + n, EffectiveAt: at, RecordedAt: at, Actor: act.Actor{Kind: act.Person, Person: doctor},
	}, Event: e}
}

func opened(more ...course.Event) course.State {
	return after(append([]course.Event{course.Referred{Referral: referral()}}, more...)...)
}

func stated(list ...course.Statement) course.StateFacts {
	return course.StateFacts{Statements: course.Statements{List: list}}
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	dir := "testdata/corpus"
	if *update {
		for _, e := range examples() {
			typ, version, payload, err := course.Codec.Encode(e)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, journaltest.FileName(typ, version))
			if _, err := os.Stat(path); err == nil {
				continue
			}
			if err := os.WriteFile(path, append(payload, '\n'), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	journaltest.Corpus(t, course.Codec, dir)
}

// examples is one rich event of each type: what the committed corpus was written
// from.
func examples() []course.Event {
	return []course.Event{
		course.Referred{Referral: referral()},
		course.PriorTold{Treatments: course.Treatments{List: []course.Prior{{What: course.PriorGabapentinoid, Adequacy: course.Adequate, Result: course.ResultPartial, Text: sealed(3)}}}},
		course.Stated{Statements: course.Statements{List: []course.Statement{
			{Section: rule.History, Item: "schizophrenia", Answer: "no", At: "2026-11-20", Source: course.ByPatient},
			{Section: rule.Labs, Item: "alt", Value: "96", Unit: "U/L", ULN: "40", At: "2026-11-10", Source: course.ByLaboratory},
			{Section: rule.Tests, Item: "ecg", Result: "normal", At: "2026-11-10", Source: course.ByLetter},
		}}},
		course.MedicinesListed{MedicineList: course.MedicineList{At: "2026-11-24", Source: course.ByNurse, Whole: course.WholeYes, List: []course.Medicine{{Key: "morphine", Text: sealed(4)}, {Text: sealed(5)}}}},
		course.AllergiesListed{AllergyList: course.AllergyList{Source: course.ByPatient, Whole: course.WholeUnknown, List: []course.Allergy{{Key: "morphine", Text: sealed(6)}}}},
		course.InfusionsListed{InfusionList: course.InfusionList{At: "2026-11-24", Source: course.ByPatient, Whole: course.WholeNo, List: []course.Given{{EndedAt: "2025-05-01", Hours: "4", Series: 1}}}},
		course.InformationAsked{Asking: course.Asking{From: course.FromReferrer, Items: []string{"tests.ecg"}, Text: sealed(7)}},
		course.InformationEnded{AskingEnd: course.AskingEnd{Asked: 7, Came: true}},
		course.Screened{Library: "c0ffee", Verdicts: []course.Verdict{clear_, hard, hardLack, ofToday}},
		course.FindingAccepted{Verdict: soft, Reason: sealed(8)},
		course.Decided{Outcome: course.MoreInformation, Reason: sealed(9)},
		course.Planned{Plan: goodPlan()},
		course.Reevaluated{Review: course.Review{Reached: "5.1", GoesOn: true, Next: "2027-05-01", Reason: sealed(10)}},
		course.Discontinued{Ending: course.Ending{Why: course.WhyOther, Reason: sealed(11)}},
		course.ConsentSigned{Consent: goodConsent()},
		course.ConsentWithdrawn{ConsentEnd: course.ConsentEnd{Words: sealed(16)}},
		course.LinkGiven{LinkGift: gift()},
		course.LinkOpened{LinkUse: use()},
		course.LinkMissed{LinkUse: use()},
		course.LinkEnded{LinkUse: use()},
		course.PatientTold{Telling: course.Telling{
			Link: link, Statements: []course.Statement{says("aneurysm", "no")}, Words: sealed(17),
			Medicines: &course.MedicineList{At: "2026-11-24", Source: course.ByPatient, Whole: course.WholeYes, List: []course.Medicine{{Key: "morphine", Text: sealed(18)}}},
			Allergies: &course.AllergyList{Source: course.ByPatient, Whole: course.WholeUnknown, List: []course.Allergy{{Text: sealed(19)}}},
		}},
		course.PatientLearned{Reading: course.Reading{Link: link, Document: "c0de", Pages: []string{"EDU-A"}}, Answers: []course.Marked{{Reply: course.Reply{Question: "Q-1", Answer: "a"}}}},
		course.PatientPrepared{Preparation: course.Preparation{Link: link, Document: "da11", Confirmed: []string{"DAY-FAST"}, Visit: visit}, Left: []string{"DAY-ESCORT"}},
		course.TakenUp{Taking: course.Taking{Told: 21}},
		course.Struck{Striking: course.Striking{Entry: 104, Part: course.PartMedicines, Place: 2, Reason: sealed(20)}},
	}
}

func TestActs_StandInTheTable(t *testing.T) {
	t.Parallel()
	for _, a := range course.Acts() {
		if !act.Known(a) {
			t.Errorf("%s is in no role's table: nobody may do it", a)
		}
		if _, err := course.DecodeCommand(a, 1, []byte("{}")); err != nil {
			t.Errorf("%s cannot be read: %v", a, err)
		}
	}
	for _, a := range []act.Act{course.ActAccept, course.ActDecide} {
		if act.May(act.Actor{Kind: act.Person, Roles: []act.Role{act.Nurse, act.FrontDesk, act.Pharmacist}}, a).Allowed {
			t.Errorf("%s is not a prescriber's alone", a)
		}
		if !act.Signs(a) {
			t.Errorf("%s is not a signature", a)
		}
	}
	if !act.Signs(course.ActStrike) || act.May(act.Actor{Kind: act.Person, Roles: []act.Role{act.FrontDesk}}, course.ActStrike).Allowed {
		t.Error("what was said is struck without a signature, or by the front desk")
	}
}

func TestDecide_Malformed(t *testing.T) {
	t.Parallel()
	said := func(s course.Statement) course.Command { return stated(s) }
	good := course.Statement{Section: rule.Signs, Item: "sbp", Value: "130", Unit: "mm[Hg]", At: "2026-11-24", Source: course.ByNurse}
	with := func(change func(*course.Statement)) course.Command { s := good; change(&s); return said(s) }
	planned := func(change func(*course.Plan)) course.Command {
		p := goodPlan()
		change(&p)
		return course.MakePlan{Plan: p}
	}
	meds := func(l course.MedicineList) course.Command { return course.ListMedicines{MedicineList: l} }
	tests := []struct {
		name string
		cmd  course.Command
		want word.ID // empty when accepted
		says string
	}{
		{"statement", said(good), "", ""},
		{"no statement", stated(), "course.list", ""},
		{"unknown item", with(func(s *course.Statement) { s.Item = "sbpp" }), "course.statement", "sbpp"},
		{"impossible value", with(func(s *course.Statement) { s.Value = "13" }), "course.statement", "value"},
		{"wrong unit", with(func(s *course.Statement) { s.Unit = "kPa" }), "course.statement", "unit"},
		{"no unit", with(func(s *course.Statement) { s.Unit = "" }), "course.statement", "unit"},
		{"two at once", with(func(s *course.Statement) { s.Answer = "unknown" }), "course.statement", "one of answer"},
		{"nothing said", with(func(s *course.Statement) { s.Value = "" }), "course.statement", "one of answer"},
		{"tomorrow", with(func(s *course.Statement) { s.At = "2026-11-25" }), "course.statement", "after"},
		{"no date", with(func(s *course.Statement) { s.At = "" }), "course.statement", "at"},
		{"not asked", with(func(s *course.Statement) { s.Value, s.Unit, s.Answer = "", "", "not asked" }), "", ""},
		{"source is a name", with(func(s *course.Statement) { s.Source = "Dr Meier" }), "course.source", ""},
		{"section that is none", with(func(s *course.Statement) { s.Section = "takes" }), "course.statement", ""},
		{"lab without limit", said(course.Statement{Section: rule.Labs, Item: "alt", Value: "96", Unit: "U/L", At: "2026-11-10", Source: course.ByLaboratory}), "course.statement", "upper limit"},
		{"not a number", with(func(s *course.Statement) { s.Value = "1e3" }), "course.statement", "value"},

		{"medicines", meds(course.MedicineList{At: "2026-11-24", Source: course.ByNurse, Whole: course.WholeYes, List: []course.Medicine{{Key: "morphine"}, {Text: sealed(4)}}}), "", ""},
		{"none taken", meds(course.MedicineList{At: "2026-11-24", Source: course.ByNurse, Whole: course.WholeYes}), "", ""},
		{"medicine of no table", meds(course.MedicineList{At: "2026-11-24", Source: course.ByNurse, Whole: course.WholeYes, List: []course.Medicine{{Key: "aqua vitae"}}}), "course.medicine.key", "1"},
		{"medicine without a name", meds(course.MedicineList{At: "2026-11-24", Source: course.ByNurse, Whole: course.WholeYes, List: []course.Medicine{{Key: "morphine"}, {}}}), "course.medicine.empty", "2"},
		{"list whole?", meds(course.MedicineList{At: "2026-11-24", Source: course.ByNurse}), "course.whole", ""},
		{"list undated", meds(course.MedicineList{Source: course.ByNurse, Whole: course.WholeYes}), "course.statement", "medicines"},
		{"too many", meds(course.MedicineList{At: "2026-11-24", Source: course.ByNurse, Whole: course.WholeYes, List: make([]course.Medicine, 201)}), "course.list", "200"},

		{"allergy without a word", course.ListAllergies{AllergyList: course.AllergyList{Source: course.ByNurse, Whole: course.WholeYes, List: []course.Allergy{{Key: "morphine"}}}}, "course.allergy.empty", ""},
		{"infusion of no length", course.ListInfusions{InfusionList: course.InfusionList{At: "2026-11-24", Source: course.ByPatient, Whole: course.WholeYes, List: []course.Given{{EndedAt: "2025-05-01", Hours: "0", Series: 1}}}}, "course.statement", "hours"},
		{"prior, other, which?", course.TellPrior{Treatments: course.Treatments{List: []course.Prior{{What: course.PriorOther, Adequacy: course.Adequate, Result: course.ResultNone}}}}, "course.prior.other", ""},
		{"prior of no kind", course.TellPrior{Treatments: course.Treatments{List: []course.Prior{{What: "leeches", Adequacy: course.Adequate, Result: course.ResultNone}}}}, "course.prior", ""},

		{"asked of nobody", course.AskInformation{Asking: course.Asking{Items: []string{"tests.ecg"}}}, "course.from", ""},
		{"asked for nothing", course.AskInformation{Asking: course.Asking{From: course.FromPatient}}, "course.ask.empty", ""},
		{"asked for what is worked out", course.AskInformation{Asking: course.Asking{From: course.FromPatient, Items: []string{"patient.age"}}}, "course.item", ""},
		{"ended what was not asked", course.EndAsking{AskingEnd: course.AskingEnd{Asked: 99}}, "course.ask.none", ""},

		{"plan", planned(func(*course.Plan) {}), "", ""},
		{"diagnosis in words", planned(func(p *course.Plan) { p.ICD10 = "CRPS" }), "course.icd10", ""},
		{"diagnosis cut short", planned(func(p *course.Plan) { p.ICD10 = "G90." }), "course.icd10", ""},
		{"no indication", planned(func(p *course.Plan) { p.Indication = "curiosity" }), "course.indication", ""},
		{"no infusion", planned(func(p *course.Plan) { p.Infusions = 0 }), "course.infusions", ""},
		{"no time", planned(func(p *course.Plan) { p.Hours = "0" }), "course.hours", ""},
		{"no endpoint", planned(func(p *course.Plan) { p.Endpoint = course.Endpoint{} }), "course.endpoint", ""},
		{"endpoint that is reached", planned(func(p *course.Plan) { p.Endpoint.Target = p.Endpoint.Now }), "course.endpoint", ""},
		{"endpoint off the scale", planned(func(p *course.Plan) { p.Endpoint.Target = "11" }), "course.endpoint", ""},
		{"looked at again today", planned(func(p *course.Plan) { p.Reevaluate = "2026-11-24" }), "course.reevaluate", ""},
		{"never looked at again", planned(func(p *course.Plan) { p.Reevaluate = "2028-01-01" }), "course.reevaluate", ""},
		{"adjunct twice", planned(func(p *course.Plan) { p.Adjuncts = append(p.Adjuncts, p.Adjuncts[0]) }), "course.adjunct", ""},

		{"outcome", course.DecideCourse{Outcome: "maybe"}, "course.outcome", ""},
		{"not suitable without a reason", course.DecideCourse{Outcome: course.NotSuitable}, "course.reason", ""},
		{"ended, why?", course.Discontinue{Ending: course.Ending{Why: "bored"}}, "course.why", ""},
		{"ended, other, why?", course.Discontinue{Ending: course.Ending{Why: course.WhyOther}}, "course.reason", ""},
		{"referred twice", course.Refer{Referral: referral()}, "course.none", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d, r := course.Decide(opened(), tt.cmd, env(act.Prescriber))
			if tt.want == "" {
				if r != nil || len(d.Events) != 1 {
					t.Fatalf("got %+v, refused %v", d, r)
				}
				return
			}
			if r == nil || r.Message.ID != tt.want || !r.Malformed {
				t.Fatalf("refusal %+v, want %s", r, tt.want)
			}
			if _, ok := word.Known(r.Message.ID); !ok {
				t.Errorf("no English for %s", r.Message.ID)
			}
			if !strings.Contains(r.Message.English(), tt.says) {
				t.Errorf("%q does not say %q", r.Message.English(), tt.says)
			}
		})
	}
}

func TestDecide_Refer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*course.Referral, *course.Env)
		want   word.ID
	}{
		{"referral", func(*course.Referral, *course.Env) {}, ""},
		{"of nobody we know", func(_ *course.Referral, e *course.Env) { e.KnownPatient = false }, "course.patient"},
		{"without an id", func(r *course.Referral, _ *course.Env) { r.Patient = "x" }, "course.patient"},
		{"from tomorrow", func(r *course.Referral, _ *course.Env) { r.Received = "2026-11-25" }, "course.received"},
		{"by nobody", func(r *course.Referral, _ *course.Env) { r.Referrer = journal.Private{} }, "course.referral.empty"},
		{"for nothing", func(r *course.Referral, _ *course.Env) { r.Reason = journal.Private{} }, "course.referral.empty"},
		{"a second one", func(_ *course.Referral, e *course.Env) { e.Other = other }, "course.one"},
		{"of two days ago", func(_ *course.Referral, e *course.Env) { e.OccurredAt = noon.Add(-48 * time.Hour) }, "course.time.old"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ref, e := referral(), env(act.FrontDesk)
			tt.change(&ref, &e)
			d, r := course.Decide(course.State{}, course.Refer{Referral: ref}, e)
			switch {
			case tt.want == "" && (r != nil || len(d.Events) != 1):
				t.Fatalf("got %+v, refused %v", d, r)
			case tt.want != "" && (r == nil || r.Message.ID != tt.want):
				t.Fatalf("refusal %+v, want %s", r, tt.want)
			}
		})
	}
	if _, r := course.Decide(course.State{}, stated(course.Statement{}), env(act.Nurse)); r == nil || r.Message.ID != "course.none" {
		t.Errorf("something was said of a course that nobody opened: %+v", r)
	}
}

// TestDecide_Suitable is the table of what "suitable" waits for.
func TestDecide_Suitable(t *testing.T) {
	t.Parallel()
	accepted := func(v course.Verdict) course.Event { return course.FindingAccepted{Verdict: v, Reason: sealed(8)} }
	moved := soft
	moved.Inputs = []course.Looked{{Input: "body.bmi", Value: "43"}}
	worse := hard
	worse.Inputs = append(slices.Clone(hard.Inputs), course.Looked{Input: "history.psychosis_active", Value: "yes"})
	moreLacks := hardLack
	moreLacks.Lacks = append(slices.Clone(hardLack.Lacks), course.Lack{Input: "signs.dbp", Why: rule.NotStated})
	newer := soft
	newer.Version++
	tests := []struct {
		name  string
		as    act.Role
		state course.State
		now   []course.Verdict
		read  []course.Verdict // nil for the same
		want  word.ID
		needs act.Role
	}{
		{"all clear", act.Prescriber, opened(), []course.Verdict{clear_, noted, ofToday}, []course.Verdict{}, "", ""},
		{"soft finding", act.Prescriber, opened(), []course.Verdict{soft}, nil, "course.open", ""},
		{"soft finding accepted", act.Prescriber, opened(accepted(soft)), []course.Verdict{soft}, nil, "", ""},
		{"soft finding accepted, its value moved", act.Prescriber, opened(accepted(soft)), []course.Verdict{moved}, nil, "", ""},
		{"soft finding accepted, its rule is another", act.Prescriber, opened(accepted(soft)), []course.Verdict{newer}, nil, "course.open", ""},
		{"hard finding", act.Prescriber, opened(), []course.Verdict{hard}, nil, "course.open", act.Director},
		{"hard finding, the director", act.Director, opened(), []course.Verdict{hard}, nil, "course.open", act.Director},
		{"hard finding accepted, a prescriber", act.Prescriber, opened(accepted(hard)), []course.Verdict{hard}, nil, "course.director", act.Director},
		{"hard finding accepted, the director", act.Director, opened(accepted(hard)), []course.Verdict{hard}, nil, "", ""},
		{"hard finding accepted, and one more input", act.Director, opened(accepted(hard)), []course.Verdict{worse}, nil, "course.open", act.Director},
		{"hard, could not check", act.Prescriber, opened(), []course.Verdict{hardLack}, nil, "course.open", act.Director},
		{"hard, could not check, accepted", act.Director, opened(accepted(hardLack)), []course.Verdict{hardLack}, nil, "", ""},
		{"hard, could not check, more missing now", act.Director, opened(accepted(hardLack)), []course.Verdict{moreLacks}, nil, "course.open", act.Director},
		{"found what could not be checked", act.Director, opened(accepted(hardLack)), []course.Verdict{{Rule: hardLack.Rule, Version: 1, Result: rule.Finding, Policy: course.Hard}}, nil, "course.open", act.Director},
		{"read something else", act.Prescriber, opened(accepted(soft)), []course.Verdict{soft}, []course.Verdict{}, "course.changed", ""},
		{"read more than is", act.Prescriber, opened(accepted(soft)), []course.Verdict{clear_}, []course.Verdict{soft}, "course.changed", ""},
		{"no rules", act.Prescriber, opened(), nil, nil, "course.no_rules", ""},
		{"only rules of today", act.Prescriber, opened(), []course.Verdict{ofToday}, []course.Verdict{}, "course.no_rules", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := env(tt.as)
			e.Checked = checked(tt.now...)
			if tt.read == nil {
				tt.read = tt.now
			}
			d, r := course.Decide(tt.state, course.DecideCourse{Outcome: course.Suitable, Read: seen(tt.read...)}, e)
			if tt.want == "" {
				if r != nil || len(d.Events) != 2 {
					t.Fatalf("got %+v, refused %v", d, r)
				}
				if s, ok := d.Events[0].(course.Screened); !ok || s.Library != "c0ffee" || len(s.Verdicts) == 0 {
					t.Errorf("the decision does not name what it rests on: %+v", d.Events[0])
				}
				return
			}
			if r == nil || r.Message.ID != tt.want || r.Malformed {
				t.Fatalf("refusal %+v, want %s", r, tt.want)
			}
			if tt.needs != "" && !slices.Equal(r.Needs, []act.Role{tt.needs}) {
				t.Errorf("needs %v, want %s", r.Needs, tt.needs)
			}
			if tt.want == "course.open" && len(r.Open) == 0 {
				t.Error("the refusal does not say what stands in the way")
			}
		})
	}
	t.Run("library that nobody adopted", func(t *testing.T) {
		t.Parallel()
		e := env(act.Prescriber)
		e.Adopted = false
		if _, r := course.Decide(opened(), course.DecideCourse{Outcome: course.Suitable}, e); r == nil || r.Rule != course.RuleLibrary {
			t.Errorf("refusal %+v", r)
		}
	})
	t.Run("not suitable is never refused", func(t *testing.T) {
		t.Parallel()
		e := env(act.Prescriber)
		e.Checked, e.Adopted = checked(hard), false
		if d, r := course.Decide(opened(), course.DecideCourse{Outcome: course.NotSuitable, Reason: sealed(9)}, e); r != nil || len(d.Events) != 2 {
			t.Errorf("got %+v, refused %v", d, r)
		}
	})
}

func TestDecide_Accept(t *testing.T) {
	t.Parallel()
	accept := func(v course.Verdict) course.AcceptFinding {
		return course.AcceptFinding{Rule: v.Rule, Result: v.Result, Reason: sealed(8)}
	}
	tests := []struct {
		name string
		as   act.Role
		cmd  course.AcceptFinding
		want word.ID
	}{
		{"soft, prescriber", act.Prescriber, accept(soft), ""},
		{"soft, director", act.Director, accept(soft), ""},
		{"soft, nurse", act.Nurse, accept(soft), "course.accept.role"},
		{"hard, prescriber", act.Prescriber, accept(hard), "course.accept.role"},
		{"hard, director", act.Director, accept(hard), ""},
		{"could not check, prescriber", act.Prescriber, accept(hardLack), "course.accept.role"},
		{"a note asks nothing", act.Director, accept(noted), "course.changed"},
		{"clear", act.Director, accept(clear_), "course.changed"},
		{"of today", act.Director, accept(ofToday), "course.changed"},
		{"no such rule", act.Director, course.AcceptFinding{Rule: "CI-X", Result: rule.Finding, Reason: sealed(8)}, "course.changed"},
		{"another result", act.Director, course.AcceptFinding{Rule: hard.Rule, Result: rule.CouldNotCheck, Reason: sealed(8)}, "course.changed"},
		{"no reason", act.Prescriber, course.AcceptFinding{Rule: soft.Rule, Result: soft.Result}, "course.reason"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := env(tt.as)
			e.Checked = checked(clear_, hard, hardLack, soft, noted, ofToday)
			d, r := course.Decide(opened(), tt.cmd, e)
			switch {
			case tt.want == "" && (r != nil || len(d.Events) != 1):
				t.Fatalf("got %+v, refused %v", d, r)
			case tt.want != "" && (r == nil || r.Message.ID != tt.want):
				t.Fatalf("refusal %+v, want %s", r, tt.want)
			}
			if tt.want == "" {
				s := after(course.Referred{Referral: referral()}, d.Events[0])
				if _, r := course.Decide(s, tt.cmd, e); r == nil || r.Message.ID != "course.accepted" {
					t.Errorf("accepted twice: %+v", r)
				}
			}
		})
	}
}

func TestStanding(t *testing.T) {
	t.Parallel()
	suitable, planned := course.Decided{Outcome: course.Suitable}, course.Planned{Plan: goodPlan()}
	tests := []struct {
		name  string
		state course.State
		now   []course.Verdict
		today string
		want  bool
	}{
		{"decided and planned", opened(planned, suitable), []course.Verdict{clear_, ofToday}, "2026-11-24", true},
		{"nothing decided", opened(planned), []course.Verdict{clear_}, "2026-11-24", false},
		{"no plan", opened(suitable), []course.Verdict{clear_}, "2026-11-24", false},
		{"taken back", opened(planned, suitable, course.Decided{Outcome: course.NotSuitable}), []course.Verdict{clear_}, "2026-11-24", false},
		{"found since", opened(planned, suitable), []course.Verdict{soft}, "2026-11-24", false},
		{"can no longer be checked", opened(planned, suitable), []course.Verdict{hardLack}, "2026-11-24", false},
		{"accepted", opened(planned, course.FindingAccepted{Verdict: soft}, suitable), []course.Verdict{soft}, "2026-11-24", true},
		{"on the day of re-evaluation", opened(planned, suitable), []course.Verdict{clear_}, "2027-02-01", true},
		{"re-evaluation overdue", opened(planned, suitable), []course.Verdict{clear_}, "2027-02-02", false},
		{"re-evaluated, goes on", opened(planned, suitable, course.Reevaluated{Review: course.Review{GoesOn: true, Next: "2027-05-01"}}), []course.Verdict{clear_}, "2027-02-02", true},
		{"ended", opened(planned, suitable, course.Discontinued{Ending: course.Ending{Why: course.WhyCompleted}}), []course.Verdict{clear_}, "2026-11-24", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.state.Standing(tt.now, tt.today); got.Suitable() != tt.want {
				t.Errorf("suitable: %v, from %+v", got.Suitable(), got)
			}
		})
	}
}

func TestAsked_ComesByBeingStated(t *testing.T) {
	t.Parallel()
	ask := course.InformationAsked{Asking: course.Asking{From: course.FromLaboratory, Items: []string{"labs.alt", "tests.ecg"}}}
	say := func(section rule.Group, item, answer, result string) course.Event {
		return course.Stated{Statements: course.Statements{List: []course.Statement{{Section: section, Item: item, Answer: answer, Result: result, At: "2026-11-24", Source: course.ByLetter}}}}
	}
	s := opened(say(rule.Tests, "ecg", "", "normal"), ask)
	if got := s.Asked[0].Missing(); len(got) != 2 {
		t.Errorf("what was known before it was asked for counts as come: %v", got)
	}
	s = opened(ask, say(rule.Tests, "ecg", "unknown", ""))
	if got := s.Asked[0].Missing(); len(got) != 2 {
		t.Errorf("what nobody knows counts as come: %v", got)
	}
	s = opened(ask, say(rule.Tests, "ecg", "", "normal"))
	if got := s.Asked[0].Missing(); !slices.Equal(got, []string{"labs.alt"}) || !s.Asked[0].Waits() {
		t.Errorf("still missing %v", got)
	}
	s = opened(ask, course.InformationEnded{AskingEnd: course.AskingEnd{Asked: 2}})
	if s.Asked[0].Waits() {
		t.Error("what was called off is still waited for")
	}
}

// TestSnapshot_LaterCounts: what was said later of one thing counts, what is never
// over stays, and a plan is part of the patient.
func TestSnapshot_LaterCounts(t *testing.T) {
	t.Parallel()
	var events []course.Event
	add := func(item, answer, at string) {
		events = append(events, course.Stated{Statements: course.Statements{List: []course.Statement{{Section: rule.History, Item: item, Answer: answer, At: at, Source: course.ByPatient}}}})
	}
	add("schizophrenia", "yes", "2020-01-01")
	for i := range 20 { // denied ever since
		add("schizophrenia", "no", time.Date(2021, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
		add("grapefruit", []string{"yes", "no"}[i%2], time.Date(2026, 10, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
	}
	s := opened(append(events, course.Planned{Plan: goodPlan()})...)
	snap, err := s.Snapshot(noon, "1984-03-02", nil)
	if err != nil {
		t.Fatal(err)
	}
	facts := snap.Facts(table())
	if v := facts.Value("history.schizophrenia"); v.State != rule.Known || !v.Yes {
		t.Errorf("what is never over is over: %+v", v)
	}
	if v := facts.Value("history.grapefruit"); v.State != rule.Known || v.Yes {
		t.Errorf("the later answer does not count: %+v", v)
	}
	if v := facts.Value("plan.indication"); v.Text != "crps" {
		t.Errorf("the plan's indication: %+v", v)
	}
	if v := facts.Value("plan.endpoint"); !v.Yes {
		t.Errorf("the plan's endpoint: %+v", v)
	}
	if v := facts.Value("takes.opioid"); v.State == rule.Known {
		t.Errorf("medicines that nobody listed: %+v", v)
	}
}

// TestSnapshot_OldLettersSayNothingOfToday: however many old letters are entered
// after a measurement of today, it is the measurement that counts.
func TestSnapshot_OldLettersSayNothingOfToday(t *testing.T) {
	t.Parallel()
	weight := func(value, at string) course.Event {
		return course.Stated{Statements: course.Statements{List: []course.Statement{{Section: rule.Body, Item: "weight", Value: value, Unit: "kg", At: at, Source: course.ByLetter}}}}
	}
	events := []course.Event{weight("72", "2026-11-23"), course.Stated{Statements: course.Statements{List: []course.Statement{{Section: rule.History, Item: "schizophrenia", Answer: "yes", At: "1999-01-01", Source: course.ByLetter}}}}}
	for i := range 30 {
		events = append(events, weight("60", time.Date(2019, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)))
	}
	s := opened(events...)
	snap, err := s.Snapshot(noon, "1984-03-02", nil)
	if err != nil {
		t.Fatal(err)
	}
	facts := snap.Facts(table())
	if v := facts.Value("body.weight"); v.State != rule.Known || v.Text != "72" {
		t.Errorf("the weight of yesterday does not count: %+v", v)
	}
	if v := facts.Value("history.schizophrenia"); !v.Yes {
		t.Errorf("what is never over is over: %+v", v)
	}
	if x := s.Latest(time.UTC)["body.weight"]; x.What.Value != "72" {
		t.Errorf("the latest weight shown is %+v", x.What)
	}
}

// TestDecide_SaidAgain: what the same source puts right on the same day counts; two
// sources that differ contradict each other, and what is never over stays.
func TestDecide_SaidAgain(t *testing.T) {
	t.Parallel()
	weight := func(v, at string, by course.Source) course.Statement {
		return course.Statement{Section: rule.Body, Item: "weight", Value: v, Unit: "kg", At: at, Source: by}
	}
	const today = "2026-11-24"
	tests := map[string]struct {
		said  []course.Statement
		state rule.State
		value string
	}{
		"put right":               {[]course.Statement{weight("27", today, course.ByNurse), weight("72", today, course.ByNurse)}, rule.Known, "72"},
		"put right twice":         {[]course.Statement{weight("27", today, course.ByNurse), weight("72", today, course.ByNurse), weight("71", today, course.ByNurse)}, rule.Known, "71"},
		"two sources":             {[]course.Statement{weight("60", today, course.ByPatient), weight("72", today, course.ByNurse)}, rule.Contradictory, ""},
		"of a day before, twice":  {[]course.Statement{weight("60", "2026-11-20", course.ByLetter), weight("72", "2026-11-20", course.ByLetter)}, rule.Contradictory, ""},
		"an older one afterwards": {[]course.Statement{weight("72", today, course.ByNurse), weight("60", "2026-11-20", course.ByNurse)}, rule.Known, "72"},
	}
	for name, tt := range tests {
		s := opened()
		for i, x := range tt.said {
			e := env(act.Nurse)
			e.Now = noon.Add(time.Duration(i) * time.Minute)
			e.OccurredAt = e.Now
			d, r := course.Decide(s, stated(x), e)
			if r != nil {
				t.Fatal(name, r)
			}
			s = course.Evolve(s, entry(int64(i+2), d.EffectiveAt, d.Events[0]))
		}
		snap, err := s.Snapshot(noon.Add(time.Hour), "1984-03-02", nil)
		if err != nil {
			t.Fatal(name, err)
		}
		if v := snap.Facts(table()).Value("body.weight"); v.State != tt.state || (tt.value != "" && v.Text != tt.value) {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// TestSnapshot_ManyYears: a course on which everything was asked month after month
// is still within what a snapshot may hold.
func TestSnapshot_ManyYears(t *testing.T) {
	t.Parallel()
	var events []course.Event
	for month := range 24 {
		var all []course.Statement
		for _, in := range rule.Inputs(nil) {
			if in.Derived || in.Group == rule.Medicines || in.Group == rule.Infusions {
				continue
			}
			_, item, _ := strings.Cut(in.Name, ".")
			all = append(all, course.Statement{Section: in.Group, Item: item, Answer: []string{"yes", "no", "unknown"}[month%3], At: time.Date(2024, time.Month(11+month), 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), Source: course.ByPatient})
			if in.Type != rule.Answer {
				all[len(all)-1].Answer = "not asked"
			}
		}
		for part := range slices.Chunk(all, 100) {
			d, r := course.Decide(opened(), stated(part...), env(act.Nurse))
			if r != nil {
				t.Fatal(r)
			}
			events = append(events, d.Events...)
		}
	}
	if _, err := opened(events...).Snapshot(noon, "1984-03-02", nil); err != nil {
		t.Fatal(err)
	}
}

// TestFold_IsEvolve: reading a whole course at once gives what its entries add up to
// one by one, and what went on from it leaves it as it was.
func TestFold_IsEvolve(t *testing.T) {
	t.Parallel()
	all := examples()
	rapid.Check(t, func(t *rapid.T) {
		entries := []course.Entry{entry(1, noon.Add(-time.Hour), course.Referred{Referral: referral()})}
		one := course.Evolve(course.State{}, entries[0])
		for n := range rapid.IntRange(0, 40).Draw(t, "entries") {
			e := entry(int64(n+2), noon.Add(-time.Duration(rapid.IntRange(0, 90).Draw(t, "minutes"))*time.Minute), rapid.SampledFrom(all).Draw(t, "event"))
			entries, one = append(entries, e), course.Evolve(one, e)
		}
		whole := course.Fold(entries)
		if !reflect.DeepEqual(whole, one) {
			t.Fatalf("at once %+v\none by one %+v", whole, one)
		}
		for _, e := range all { // two ways on from the same state
			n := int64(len(entries) + 1)
			first := course.Evolve(whole, entry(n, noon, e))
			for _, other := range all {
				course.Evolve(whole, entry(n, noon.Add(time.Second), other))
			}
			if !reflect.DeepEqual(first, course.Evolve(one, entry(n, noon, e))) || !reflect.DeepEqual(whole, one) {
				t.Fatal("a state changed under another that went on from it")
			}
		}
	})
}

// TestSnapshot_OwnRecordIsNotTheWhole: what this clinic gave says nothing about what
// others gave.
func TestSnapshot_OwnRecordIsNotTheWhole(t *testing.T) {
	t.Parallel()
	own := []course.Given{{EndedAt: "2026-11-04T12:00:00+01:00", Hours: "4", Series: 1}}
	snap, err := opened().Snapshot(noon, "", own)
	if err != nil {
		t.Fatal(err)
	}
	if snap.Infusions == nil || snap.Infusions.Complete || len(snap.Infusions.Given) != 1 {
		t.Errorf("infusions %+v", snap.Infusions)
	}
	listed := course.InfusionsListed{InfusionList: course.InfusionList{At: "2026-11-01", Source: course.ByPatient, Whole: course.WholeYes, List: []course.Given{{EndedAt: "2025-05-01", Hours: "4", Series: 3}}}}
	if snap, err = opened(listed).Snapshot(noon, "", own); err != nil || !snap.Infusions.Complete || len(snap.Infusions.Given) != 2 || snap.Infusions.Given[1].Series != 4 {
		t.Errorf("infusions %+v (%v)", snap.Infusions, err)
	}
}

// TestSnapshot_NeverFails: whatever Decide let through can be screened.
func TestSnapshot_NeverFails(t *testing.T) {
	t.Parallel()
	all := rule.Inputs(nil)
	rapid.Check(t, func(t *rapid.T) {
		s := opened()
		for n := range rapid.IntRange(0, 40).Draw(t, "statements") {
			in := rapid.SampledFrom(all).Draw(t, "input")
			_, item, _ := strings.Cut(in.Name, ".")
			st := course.Statement{
				Section: in.Group, Item: item, At: rapid.SampledFrom([]string{"2026-11-24", "2019-02-28", "2026-11-24T11:59:59+01:00", "1890-01-01", "soon"}).Draw(t, "at"),
				Source: rapid.SampledFrom(course.Sources()).Draw(t, "source"),
			}
			switch rapid.IntRange(0, 4).Draw(t, "field") {
			case 0:
				st.Answer = rapid.SampledFrom([]string{"yes", "no", "unknown", "not asked", "perhaps"}).Draw(t, "answer")
			case 1:
				st.Result = rapid.SampledFrom(append([]string{"odd"}, in.Choices...)).Draw(t, "result")
			default:
				st.Value, st.Unit, st.ULN = rapid.SampledFrom([]string{in.Low, in.High, "37", "1e9", "-1", "ten"}).Draw(t, "value"), in.Unit, ""
			}
			d, r := course.Decide(s, stated(st), env(act.Nurse))
			if r != nil {
				continue
			}
			s = course.Evolve(s, entry(int64(n+2), d.EffectiveAt, d.Events[0]))
		}
		if _, err := s.Snapshot(noon, "1984-03-02", nil); err != nil {
			t.Fatal(err)
		}
	})
}

// TestEvolve_OrderOfArrival: two entries of different times give the same state
// whichever came first.
func TestEvolve_OrderOfArrival(t *testing.T) {
	t.Parallel()
	early, late := noon.Add(-time.Hour), noon
	list := func(key string) course.Event {
		return course.MedicinesListed{MedicineList: course.MedicineList{At: "2026-11-24", Source: course.ByNurse, Whole: course.WholeYes, List: []course.Medicine{{Key: key}}}}
	}
	a := course.Evolve(course.Evolve(opened(), entry(2, early, list("morphine"))), entry(3, late, list("allopurinol")))
	b := course.Evolve(course.Evolve(opened(), entry(2, late, list("allopurinol"))), entry(3, early, list("morphine")))
	if a.Medicines.What.List[0].Key != "allopurinol" || b.Medicines.What.List[0].Key != "allopurinol" {
		t.Errorf("medicines %+v and %+v", a.Medicines, b.Medicines)
	}
}

func FuzzDecodeCommand(f *testing.F) {
	for _, e := range examples() {
		typ, _, payload, _ := course.Codec.Encode(e)
		f.Add(typ, payload)
	}
	f.Fuzz(func(t *testing.T, what string, body []byte) {
		for _, a := range course.Acts() {
			if c, err := course.DecodeCommand(a, 1, body); err == nil {
				_, _ = course.Decide(opened(), c, env(act.Prescriber, act.Director)) // must not panic
			}
		}
		_, _ = course.DecodeCommand(act.Act(what), 1, body)
	})
}

func goodConsent() course.Consent {
	return course.Consent{
		Document: "d0c", Words: sealed(17), Language: "en", Signer: course.Signature{Name: sealed(12), Role: course.SignsForSelf, Method: course.Typed},
		Capacity: course.HasCapacity, Interpreter: sealed(13), Questions: true, Asked: sealed(14), Registry: true, Copy: course.CopyPrinted,
		Until: "2027-06-30", Infusions: 6,
	}
}

// TestDecide_SignConsent: nobody signs what they did not read, when they cannot
// decide, with a question open, or after a sedating drug.
func TestDecide_SignConsent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*course.Consent, *course.Env)
		want   word.ID
	}{
		{"signed", func(*course.Consent, *course.Env) {}, ""},
		{"by a representative", func(c *course.Consent, _ *course.Env) {
			c.Capacity, c.Signer.Role, c.Signer.Relationship = course.LacksCapacity, course.SignsForPatient, sealed(15)
		}, ""},
		{"to the last day", func(c *course.Consent, _ *course.Env) { c.Until = "2027-11-24" }, ""},
		{"a day longer", func(c *course.Consent, _ *course.Env) { c.Until = "2027-11-25" }, "course.consent.until"},
		{"until today", func(c *course.Consent, _ *course.Env) { c.Until = "2026-11-24" }, "course.consent.until"},
		{"all infusions", func(c *course.Consent, _ *course.Env) { c.Infusions = 12 }, ""},
		{"one more", func(c *course.Consent, _ *course.Env) { c.Infusions = 13 }, "course.consent.infusions"},
		{"none", func(c *course.Consent, _ *course.Env) { c.Infusions = 0 }, "course.consent.infusions"},
		{"another document", func(c *course.Consent, _ *course.Env) { c.Document = "d0d" }, "course.document_changed"},
		{"no document", func(c *course.Consent, e *course.Env) { c.Document, e.Document.Hash = "", "" }, "course.document_changed"},
		{"another language", func(c *course.Consent, _ *course.Env) { c.Language = "de" }, "course.document_changed"},
		{"sedated", func(_ *course.Consent, e *course.Env) { e.Sedated = true }, "course.sedated"},
		{"library that nobody adopted", func(_ *course.Consent, e *course.Env) { e.Adopted = false }, "course.library"},
		{"without a name", func(c *course.Consent, _ *course.Env) { c.Signer.Name = journal.Private{} }, "course.signer"},
		{"a representative of no relation", func(c *course.Consent, _ *course.Env) { c.Signer.Role = course.SignsForPatient }, "course.relationship"},
		{"signed how?", func(c *course.Consent, _ *course.Env) { c.Signer.Method = "nodded" }, "course.consent.answer"},
		{"drawn, and nothing is", func(c *course.Consent, _ *course.Env) { c.Signer.Method = course.Drawn }, "course.consent.drawn"},
		{"drawn, and typed", func(c *course.Consent, _ *course.Env) { c.Signer.Strokes = sealed(40) }, "course.consent.drawn"},
		{"copy?", func(c *course.Consent, _ *course.Env) { c.Copy = "" }, "course.consent.answer"},
		{"cannot decide", func(c *course.Consent, _ *course.Env) { c.Capacity = course.LacksCapacity }, "course.capacity"},
		{"not clear whether", func(c *course.Consent, _ *course.Env) { c.Capacity = course.CapacityUnclear }, "course.capacity"},
		{"questions open", func(c *course.Consent, _ *course.Env) { c.Questions = false }, "course.questions"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, e := goodConsent(), env(act.Prescriber)
			e.Document = course.Document{Hash: "d0c", Language: "en", Months: 12, Infusions: 12}
			tt.change(&c, &e)
			d, r := course.Decide(opened(), course.SignConsent{Consent: c}, e)
			switch {
			case tt.want == "" && (r != nil || len(d.Events) != 1):
				t.Fatalf("got %+v, refused %v", d, r)
			case tt.want != "" && (r == nil || r.Message.ID != tt.want):
				t.Fatalf("refusal %+v, want %s", r, tt.want)
			case tt.want != "":
				if _, ok := word.Known(r.Message.ID); !ok {
					t.Errorf("no English for %s", r.Message.ID)
				}
			}
		})
	}
	if _, r := course.Decide(opened(course.Discontinued{Ending: course.Ending{Why: course.WhyCompleted}}), course.WithdrawConsent{}, env(act.Nurse)); r != nil {
		t.Errorf("a withdrawal was refused: %v", r)
	}
}

func TestConsentStanding(t *testing.T) {
	t.Parallel()
	signed := course.ConsentSigned{Consent: goodConsent()}
	at := opened(signed).Consent.At
	after := func(n int) []time.Time {
		var out []time.Time
		for i := range n {
			out = append(out, at.Add(time.Duration(i+1)*time.Hour))
		}
		return out
	}
	tests := []struct {
		name      string
		state     course.State
		today     string
		given     []time.Time
		withdrawn time.Time
		document  string
		want      course.ConsentStanding
		stands    bool
	}{
		{"none", opened(), "2026-11-24", nil, time.Time{}, "d0c", course.ConsentStanding{}, false},
		{"signed", opened(signed), "2026-11-24", nil, time.Time{}, "d0c", course.ConsentStanding{Has: true, At: at}, true},
		{"on its last day", opened(signed), "2027-06-30", nil, time.Time{}, "d0c", course.ConsentStanding{Has: true, At: at}, true},
		{"the day after", opened(signed), "2027-07-01", nil, time.Time{}, "d0c", course.ConsentStanding{Has: true, At: at, Expired: true}, false},
		{"five infusions of six", opened(signed), "2026-11-24", after(5), time.Time{}, "d0c", course.ConsentStanding{Has: true, At: at}, true},
		{"six", opened(signed), "2026-11-24", after(6), time.Time{}, "d0c", course.ConsentStanding{Has: true, At: at, Used: true}, false},
		{"those before do not count", opened(signed), "2026-11-24", append(after(5), at.Add(-time.Hour)), time.Time{}, "d0c", course.ConsentStanding{Has: true, At: at}, true},
		{"another document", opened(signed), "2026-11-24", nil, time.Time{}, "d0d", course.ConsentStanding{Has: true, At: at, Changed: true}, false},
		{"withdrawn at a visit", opened(signed), "2026-11-24", nil, at.Add(time.Minute), "d0c", course.ConsentStanding{Has: true, At: at, Withdrawn: true}, false},
		{"withdrawn at a visit before", opened(signed), "2026-11-24", nil, at.Add(-time.Minute), "d0c", course.ConsentStanding{Has: true, At: at}, true},
		{"withdrawn", opened(signed, course.ConsentWithdrawn{}), "2026-11-24", nil, time.Time{}, "d0c", course.ConsentStanding{Has: true, At: at, Withdrawn: true}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := tt.state.ConsentStanding(tt.today, tt.given, tt.withdrawn, tt.document)
			if got != tt.want || got.Stands() != tt.stands {
				t.Errorf("%+v, stands %v; want %+v", got, got.Stands(), tt.want)
			}
		})
	}
	again := opened(signed, course.ConsentWithdrawn{}, signed)
	if got := again.ConsentStanding("2026-11-24", nil, time.Time{}, "d0c"); !got.Stands() {
		t.Errorf("signed anew after a withdrawal: %+v", got)
	}
}

// TestSuitable_IsAlwaysAnsweredFor: whatever the rules say and whoever accepts what,
// nobody calls a patient suitable while something stands that nobody answers for,
// and nobody but the director while a stop stands.
func TestSuitable_IsAlwaysAnsweredFor(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var vs []course.Verdict
		for i := range rapid.IntRange(1, 5).Draw(t, "rules") {
			vs = append(vs, course.Verdict{
				Rule: fmt.Sprintf("R-%d", i), Version: 1,
				Result: rapid.SampledFrom([]rule.Result{rule.Clear, rule.Finding, rule.CouldNotCheck}).Draw(t, "result"),
				Policy: rapid.SampledFrom([]course.Policy{course.Hard, course.Soft, course.Note}).Draw(t, "policy"),
				Today:  rapid.Bool().Draw(t, "today"),
			})
		}
		roles := rapid.SampledFrom([][]act.Role{{act.Nurse}, {act.Prescriber}, {act.Director}, {act.Prescriber, act.Director}})
		s, n := opened(course.Planned{Plan: goodPlan()}), int64(3)
		answered := map[string]bool{}
		for range rapid.IntRange(0, 8).Draw(t, "acceptances") {
			v, who := rapid.SampledFrom(vs).Draw(t, "rule"), roles.Draw(t, "who")
			e := env(who...)
			e.Checked = checked(vs...)
			d, r := course.Decide(s, course.AcceptFinding{Rule: v.Rule, Result: v.Result, Reason: sealed(1)}, e)
			if r != nil {
				continue
			}
			if v.Policy == course.Hard && !slices.Contains(who, act.Director) {
				t.Fatalf("%v accepted a stop", who)
			}
			answered[v.Rule] = true
			s, n = course.Evolve(s, entry(n, noon, d.Events[0])), n+1
		}
		var read []course.Seen
		open, stop := false, false
		for _, v := range vs {
			if v.Today || v.Result == rule.Clear || v.Policy == course.Note {
				continue
			}
			read = append(read, course.Seen{Rule: v.Rule, Result: v.Result})
			open, stop = open || !answered[v.Rule], stop || v.Policy == course.Hard
		}
		ofCourse := slices.ContainsFunc(vs, func(v course.Verdict) bool { return !v.Today })
		who := roles.Draw(t, "decides")
		e := env(who...)
		e.Checked = checked(vs...)
		d, r := course.Decide(s, course.DecideCourse{Outcome: course.Suitable, Read: read}, e)
		may := ofCourse && !open && (!stop || slices.Contains(who, act.Director))
		if (r == nil) != may {
			t.Fatalf("%v: refused %v, want suitable %v, of %+v with answers for %v", who, r, may, vs, answered)
		}
		if r == nil {
			for _, ev := range d.Events {
				s, n = course.Evolve(s, entry(n, noon, ev)), n+1
			}
			if !s.Standing(vs, "2026-11-24").Suitable() {
				t.Fatalf("decided, and it does not carry: %+v", s.Standing(vs, "2026-11-24"))
			}
		}
	})
}
