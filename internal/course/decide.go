package course

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/rule"
	"github.com/stillwatch/stillwatch/internal/word"
)

// Bounds. Evidence mark: default.
const (
	clockSlack = 5 * time.Minute
	lateAfter  = 24 * time.Hour
	mostList   = 200 // of one list in one command
	mostPrior  = 40
	mostGiven  = 500
	mostWeeks  = 52
	// mostAhead is how far ahead a re-evaluation may be planned, in days.
	mostAhead = 366
)

// RuleLibrary is the rule that nothing is decided on a library that nobody
// adopted; the visit has it too.
const RuleLibrary = "SW-LIBRARY"

// The rules of the course itself.
const (
	ruleOne      = "course.one"      // one open course for each patient
	ruleOver     = "course.over"     // it has ended
	ruleAsRead   = "course.as-read"  // what the page showed is not what is
	ruleFinding  = "course.finding"  // who may accept it
	ruleSuitable = "course.suitable" // what stands in the way
)

// Env is everything a decision may look at besides the course itself.
type Env struct {
	Now time.Time // server; its location is the clinic's zone
	// OccurredAt as claimed by the client; Offset is client minus server.
	OccurredAt time.Time
	Offset     time.Duration
	Actor      act.Actor
	// KnownPatient says that the register has the patient of a referral.
	KnownPatient bool
	// Other is an open course of the same patient; empty for none.
	Other ident.Course
	// Adopted says that the director has adopted the library that the server has.
	Adopted bool
	Library string // its hash, in hex
	// Checked is what the rules say now, of the course and of today; nil where they
	// could not be run at all.
	Checked []Checked
	// Without is the same without what is to be struck.
	Without []Checked
	// Document is the consent document that the server has.
	Document Document
	// Sedated says that the patient has had a sedating drug or ketamine and has not
	// met the criteria of discharge since: nobody signs then.
	Sedated bool
	// Medicines is the table that medicines are coded by.
	Medicines rule.Table
	// Asked are the inputs that patients are asked themselves.
	Asked []string
	// Reading and Day are what patients are given to read and to do.
	Reading ToRead
	Day     Day
	// NextVisit is the visit that is planned next; empty for none.
	NextVisit ident.Session
}

// Checked is a verdict with who may accept it.
type Checked struct {
	Verdict
	May []act.Role
}

// Refusal is why a command was not accepted, as data.
type Refusal struct {
	Rule      string
	Message   word.Message
	Needs     []act.Role
	Malformed bool
	// Open lists what stands in the way, for a decision.
	Open []Verdict
}

func (r *Refusal) Error() string { return r.Message.English() }

// Decision is what a command becomes.
type Decision struct {
	Events      []Event
	EffectiveAt time.Time
}

// Decide is what command c becomes in state s, or a refusal. It is pure.
func Decide(s State, c Command, env Env) (Decision, *Refusal) {
	at, r := effective(env)
	if r != nil {
		return Decision{}, r
	}
	if _, refers := c.(Refer); refers == (s.Patient != "") {
		return Decision{}, malformed("course.none")
	}
	if c.Planned() && s.Ended != nil {
		return Decision{}, refuse(ruleOver, "course.over")
	}
	if said, ok := c.(StateFacts); ok {
		c = StateFacts{Statements{List: s.again(said.List, at.In(env.Now.Location()))}}
	}
	events, r := decide(s, c, env)
	if r != nil {
		return Decision{}, r
	}
	return Decision{Events: events, EffectiveAt: at}, nil
}

func decide(s State, c Command, env Env) ([]Event, *Refusal) {
	switch c := c.(type) {
	case Refer:
		return one(Referred{c.Referral}, refer(c, env))
	case TellPrior:
		return one(PriorTold{c.Treatments}, tellPrior(c))
	case StateFacts:
		return one(Stated{c.Statements}, state(c, env))
	case ListMedicines:
		return one(MedicinesListed{c.MedicineList}, listMedicines(c, env))
	case ListAllergies:
		return one(AllergiesListed{c.AllergyList}, listAllergies(c, env))
	case ListInfusions:
		return one(InfusionsListed{c.InfusionList}, listInfusions(c, env))
	case AskInformation:
		return one(InformationAsked{c.Asking}, ask(c))
	case EndAsking:
		return one(InformationEnded{c.AskingEnd}, endAsking(s, c))
	case AcceptFinding:
		return accept(s, c, env)
	case DecideCourse:
		return decideCourse(s, c, env)
	case MakePlan:
		return one(Planned{c.Plan}, plan(c.Plan, env))
	case Reevaluate:
		return one(Reevaluated{c.Review}, reevaluate(s, c, env))
	case Discontinue:
		return one(Discontinued{c.Ending}, discontinue(c))
	case SignConsent:
		return signConsent(c.Consent, env)
	case WithdrawConsent:
		return one(ConsentWithdrawn(c), nil)
	case GiveLink:
		return giveLink(s, c, env)
	case OpenLink:
		return openLink(s, c, env)
	case MissLink:
		return missLink(s, c, env)
	case EndLink:
		return endLink(s, c, env)
	case Tell:
		return tell(s, c, env)
	case Learn:
		return learn(s, c, env)
	case Prepare:
		return prepare(s, c, env)
	case TakeUp:
		return takeUp(s, c)
	case Strike:
		return strike(s, c, env)
	}
	return nil, malformed("course.none")
}

func one(e Event, r *Refusal) ([]Event, *Refusal) {
	if r != nil {
		return nil, r
	}
	return []Event{e}, nil
}

// effective corrects the claimed time by the client's offset and bounds it.
func effective(env Env) (time.Time, *Refusal) {
	now := journal.Time(env.Now)
	if env.OccurredAt.IsZero() {
		return time.Time{}, malformed("course.time.missing")
	}
	at := journal.Time(env.OccurredAt.Add(-env.Offset))
	switch {
	case at.After(now.Add(clockSlack)):
		return time.Time{}, malformed("course.time.future")
	case at.After(now):
		return now, nil
	case now.Sub(at) > lateAfter:
		return time.Time{}, malformed("course.time.old")
	}
	return at, nil
}

func refer(c Refer, env Env) *Refusal {
	switch {
	case !ident.Valid(c.Patient) || !env.KnownPatient:
		return malformed("course.patient")
	case !day(c.Received) || c.Received > today(env):
		return malformed("course.received")
	case !c.Referrer.Given() || !c.Reason.Given():
		return malformed("course.referral.empty")
	case env.Other != "":
		return refuse(ruleOne, "course.one")
	}
	return nil
}

func tellPrior(c TellPrior) *Refusal {
	if len(c.List) == 0 || len(c.List) > mostPrior {
		return malformed("course.list", "1", strconv.Itoa(mostPrior))
	}
	for _, p := range c.List {
		if !slices.Contains(PriorKinds(), p.What) || !slices.Contains(Adequacies(), p.Adequacy) || !slices.Contains(PriorResults(), p.Result) {
			return malformed("course.prior")
		}
		if p.What == PriorOther && !p.Text.Given() {
			return malformed("course.prior.other")
		}
	}
	return nil
}

func state(c StateFacts, env Env) *Refusal {
	if len(c.List) == 0 || len(c.List) > mostList {
		return malformed("course.list", "1", strconv.Itoa(mostList))
	}
	var all []rule.Said
	for _, x := range c.List {
		if !slices.Contains(Sources(), x.Source) {
			return malformed("course.source")
		}
		all = append(all, said(x))
	}
	return assembled(rule.Assemble(env.Now, "", all, nil, nil))
}

// again gives what the same source says otherwise on the same day its instant: a
// slip that is put right, or a second measurement, comes after the first and does not
// contradict it. What is said once keeps the day it was said to be of.
func (s State) again(list []Statement, at time.Time) []Statement {
	today := at.Format(time.DateOnly)
	out := slices.Clone(list)
	for i, x := range out {
		before := func(o Dated[Statement]) bool {
			return o.What.Section == x.Section && o.What.Item == x.Item && o.What.Source == x.Source && strings.HasPrefix(o.What.At, today)
		}
		if x.At == today && slices.ContainsFunc(s.Statements, before) {
			out[i].At = at.Format(time.RFC3339Nano)
		}
	}
	return out
}

// assembled gives statements that cannot be read back to their author, with what is
// wrong and where.
func assembled(_ rule.Snapshot, err error) *Refusal {
	if err == nil {
		return nil
	}
	text := err.Error()
	if inner := errors.Unwrap(err); inner != nil {
		text = inner.Error()
	}
	return malformed("course.statement", text)
}

func listMedicines(c ListMedicines, env Env) *Refusal {
	if r := listedWell(c.Source, c.Whole, len(c.List), mostList); r != nil {
		return r
	}
	for i, m := range c.List {
		if m.Key == "" && !m.Text.Given() {
			return malformed("course.medicine.empty", strconv.Itoa(i+1))
		}
		if _, ok := env.Medicines.Classify(rule.Medicine{Key: m.Key}); m.Key != "" && !ok {
			return malformed("course.medicine.key", strconv.Itoa(i+1))
		}
	}
	return assembled(rule.Assemble(env.Now, "", nil, c.said(), nil))
}

func listAllergies(c ListAllergies, env Env) *Refusal {
	if r := listedWell(c.Source, c.Whole, len(c.List), mostList); r != nil {
		return r
	}
	for i, a := range c.List {
		if !a.Text.Given() {
			return malformed("course.allergy.empty", strconv.Itoa(i+1))
		}
		if _, ok := env.Medicines.Classify(rule.Medicine{Key: a.Key}); a.Key != "" && !ok {
			return malformed("course.medicine.key", strconv.Itoa(i+1))
		}
	}
	return nil
}

func listInfusions(c ListInfusions, env Env) *Refusal {
	if r := listedWell(c.Source, c.Whole, len(c.List), mostGiven); r != nil {
		return r
	}
	return assembled(rule.Assemble(env.Now, "", nil, nil, c.said()))
}

func listedWell(by Source, whole Whole, n, most int) *Refusal {
	switch {
	case !slices.Contains(Sources(), by):
		return malformed("course.source")
	case !whole.valid():
		return malformed("course.whole")
	case n > most:
		return malformed("course.list", "0", strconv.Itoa(most))
	}
	return nil
}

func ask(c AskInformation) *Refusal {
	switch {
	case !slices.Contains(Parties(), c.From):
		return malformed("course.from")
	case len(c.Items) > mostList:
		return malformed("course.list", "0", strconv.Itoa(mostList))
	case len(c.Items) == 0 && !c.Text.Given():
		return malformed("course.ask.empty")
	}
	for _, i := range c.Items {
		if in, ok := input(i); !ok || in.Derived {
			return malformed("course.item")
		}
	}
	return nil
}

func endAsking(s State, c EndAsking) *Refusal {
	for _, a := range s.Asked {
		if a.Sequence == c.Asked && a.EndedAt.IsZero() {
			return nil
		}
	}
	return malformed("course.ask.none")
}

func plan(p Plan, env Env) *Refusal {
	switch {
	case !choice("plan.indication", p.Indication):
		return malformed("course.indication")
	case !icd10(p.ICD10):
		return malformed("course.icd10")
	case p.Infusions < 1 || !number("plan.infusions", strconv.Itoa(p.Infusions)):
		return malformed("course.infusions")
	case p.Hours == "0" || !number("plan.hours", p.Hours):
		return malformed("course.hours")
	case !p.Endpoint.valid():
		return malformed("course.endpoint")
	case !ahead(p.Reevaluate, env):
		return malformed("course.reevaluate", strconv.Itoa(mostAhead))
	}
	for i, a := range p.Adjuncts {
		if !slices.Contains(Adjuncts(), a) || slices.Contains(p.Adjuncts[:i], a) {
			return malformed("course.adjunct")
		}
	}
	return nil
}

// valid: an endpoint is a number of an instrument now, another one aimed at, and a
// time to reach it.
func (e Endpoint) valid() bool {
	in, ok := input(string(rule.Instruments) + "." + e.Instrument)
	if !ok || in.Type != rule.Number || e.Weeks < 1 || e.Weeks > mostWeeks {
		return false
	}
	_, errNow := in.Parse(e.Now)
	_, errTarget := in.Parse(e.Target)
	return errNow == nil && errTarget == nil && e.Now != e.Target
}

func reevaluate(s State, c Reevaluate, env Env) *Refusal {
	switch {
	case s.Plan == nil:
		return refuse(ruleSuitable, "course.no_plan")
	case c.Reached != "" && !number(string(rule.Instruments)+"."+s.Plan.What.Endpoint.Instrument, c.Reached):
		return malformed("course.reached")
	case c.GoesOn != (c.Next != "") || (c.GoesOn && !ahead(c.Next, env)):
		return malformed("course.reevaluate", strconv.Itoa(mostAhead))
	case !c.GoesOn && !c.Reason.Given():
		return malformed("course.reason")
	}
	return nil
}

func discontinue(c Discontinue) *Refusal {
	switch {
	case !slices.Contains(Whys(), c.Why):
		return malformed("course.why")
	case c.Why == WhyOther && !c.Reason.Given():
		return malformed("course.reason")
	}
	return nil
}

// inputs are those that may be stated.
var inputs = func() map[string]rule.Input {
	out := map[string]rule.Input{}
	for _, in := range rule.Inputs(nil) {
		out[in.Name] = in
	}
	return out
}()

func input(name string) (rule.Input, bool) {
	in, ok := inputs[name]
	return in, ok
}

func choice(name, value string) bool {
	in, ok := input(name)
	return ok && slices.Contains(in.Choices, value)
}

func number(name, value string) bool {
	in, ok := input(name)
	if !ok || in.Type != rule.Number {
		return false
	}
	_, err := in.Parse(value)
	return err == nil
}

func day(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func today(env Env) string { return env.Now.Format(time.DateOnly) }

// ahead reports whether a day lies ahead, and not too far.
func ahead(s string, env Env) bool {
	return day(s) && s > today(env) && s <= env.Now.AddDate(0, 0, mostAhead).Format(time.DateOnly)
}

func refuse(ruleID string, id word.ID, args ...string) *Refusal {
	return &Refusal{Rule: ruleID, Message: word.M(id, args...)}
}

func malformed(id word.ID, args ...string) *Refusal {
	return &Refusal{Message: word.M(id, args...), Malformed: true}
}
