package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/rule"
)

// Answers of an invented patient in whom no rule finds anything. Questions of yes
// and no that do not stand here are answered no, laboratory results lie well within.
var well = map[string]string{
	"history.child_pugh": "none", "pregnancy.test": "negative", "signs.sbp": "122", "signs.dbp": "76", "signs.hr": "68", "signs.rr": "14", "signs.spo2": "98",
	"signs.temp": "36.6", "signs.sedation": "5", "body.weight": "72", "body.height": "172", "tests.ecg": "normal", "tests.urinalysis": "normal",
	"tests.drug_screen": "negative", "tests.pdmp": "as expected", "tests.cognition": "normal", "instruments.cssrs": "none", "instruments.nrs": "7", "instruments.peg": "7.3",
	"plan.justification": "yes", "plan.second_clinician": "yes", "plan.visits": "yes", "plan.treatment_resistant": "yes", "plan.exception": "yes",
	"response.pain_reduction": "40", "response.peg_reduction": "40", "response.satisfied": "yes", "response.relief_days": "40",
}

// statements are those answers on a day, but for the sections left out.
func statements(day string, without ...rule.Group) []obj {
	var out []obj
	for _, in := range rule.Inputs(nil) {
		if in.Derived || slices.Contains(without, in.Group) || in.Group == rule.Fixed || in.Group == rule.Medicines || in.Group == rule.Infusions {
			continue
		}
		one := obj{"section": in.Group, "item": in.Name[len(in.Group)+1:], "at": day, "source": course.ByNurse}
		if in.Group == rule.Instruments { // whose names begin otherwise than their group
			one["item"] = in.Name[len("instruments."):]
		}
		v := well[in.Name]
		switch {
		case in.Type == rule.Answer:
			one["answer"] = "no"
			if v != "" {
				one["answer"] = v
			}
		case in.Type == rule.Choice && v != "":
			one["result"] = v
		case in.Group == rule.Labs:
			one["value"], one["unit"], one["uln"] = "22", "U/L", "40"
		case in.Type == rule.Number:
			one["value"], one["unit"] = "0", in.Unit
			if v != "" {
				one["value"] = v
			}
		default:
			continue
		}
		out = append(out, one)
	}
	return out
}

// courses gives every patient but the one of chair 5 a course: those who are treated
// today were found suitable, one waits for a decision with a finding to weigh, and
// one is referred and nothing more. The patient of chair 5 has the papers of a
// clinic that begins.
func (p *player) courses(ctx context.Context, patients map[int]ident.Patient) error {
	p.screened = map[int]bool{}
	for _, chair := range []int{1, 2, 3, 4, 6} {
		if err := p.suitable(ctx, patients[chair]); err != nil {
			return err
		}
		p.screened[chair] = true
	}
	if err := p.weighed(ctx); err != nil {
		return err
	}
	_, err := p.referred(ctx, app.Patient{Number: "D-1008", Given: "Tomas", Family: "Varga", Born: "1959-10-02"}, "Dr Okonkwo, family practice, 555 0144", "Pain after shingles, for nine months.")
	return err
}

func (p *player) referred(ctx context.Context, patient app.Patient, by, why string) (ident.Course, error) {
	put, err := p.app.PutPatient(ctx, p.who["quinn"], patient)
	if err != nil {
		return "", err
	}
	return p.refer(ctx, put.ID, by, why)
}

func (p *player) refer(ctx context.Context, patient ident.Patient, by, why string) (ident.Course, error) {
	id := app.NewID[ident.Command](p.app)
	err := p.ofCourse(ctx, "quinn", id, ident.Course(id), course.ActRefer, obj{"patient": patient, "received": p.day(), "referrer": text(by), "reason": text(why)})
	return ident.Course(id), err
}

func (p *player) day() string { return p.app.Now().In(p.app.Zone).Format(time.DateOnly) }

// known says everything that is known of a patient.
func (p *player) known(ctx context.Context, id ident.Course, medicines []obj, without ...rule.Group) error {
	day := p.day()
	for _, s := range []struct {
		who  string
		what act.Act
		body obj
	}{
		{"okafor", course.ActState, obj{"statements": statements(day, without...)}},
		{"okafor", course.ActMedicines, obj{"at": day, "source": course.ByNurse, "complete": course.WholeYes, "list": medicines}},
		{"okafor", course.ActAllergies, obj{"source": course.ByPatient, "complete": course.WholeYes, "list": []obj{}}},
		{"okafor", course.ActInfusions, obj{"at": day, "source": course.ByPatient, "complete": course.WholeYes, "list": []obj{}}},
		{"okafor", course.ActTellPrior, obj{"treatments": []obj{
			{"what": course.PriorGabapentinoid, "adequacy": course.Adequate, "result": course.ResultPartial, "text": text("pregabalin 300 mg a day, two years")},
			{"what": course.PriorPhysiotherapy, "adequacy": course.Adequate, "result": course.ResultPartial, "text": text("mirror therapy, twelve weeks")},
		}}},
		{"weiss", course.ActPlan, obj{
			"indication": "crps", "icd10": "G90.5", "diagnosis": text("CRPS I"), "endpoint": obj{"instrument": "peg", "now": "7.3", "target": "5", "weeks": 4},
			"infusions": 4, "hours": "4", "adjuncts": []course.Adjunct{course.AdjunctPhysiotherapy, course.AdjunctPsychology},
			"reevaluate": p.app.Now().In(p.app.Zone).AddDate(0, 2, 0).Format(time.DateOnly),
		}},
	} {
		if err := p.ofCourse(ctx, s.who, app.NewID[ident.Command](p.app), id, s.what, s.body); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) suitable(ctx context.Context, patient ident.Patient) error {
	id, err := p.refer(ctx, patient, "Dr Patel, pain clinic, 555 0122", "CRPS, not enough relief from physiotherapy and pregabalin.")
	if err != nil {
		return err
	}
	if err := p.known(ctx, id, []obj{{"key": "allopurinol", "text": text("allopurinol 300 mg once a day")}}); err != nil {
		return err
	}
	return p.ofCourse(ctx, "weiss", app.NewID[ident.Command](p.app), id, course.ActDecide, obj{"outcome": course.Suitable, "read": []obj{}})
}

// weighed is a patient with something to weigh and something that is missing.
func (p *player) weighed(ctx context.Context) error {
	id, err := p.referred(ctx, app.Patient{Number: "D-1007", Given: "Irena", Family: "Novak", Born: "1971-06-20"}, "Dr Patel, pain clinic, 555 0122", "Spinal cord injury pain below the level of injury, T6.")
	if err != nil {
		return err
	}
	medicines := []obj{{"key": "morphine", "text": text("morphine 20 mg twice a day")}, {"text": text("an herbal mixture, from her sister")}}
	if err := p.known(ctx, id, medicines, rule.Labs); err != nil {
		return err
	}
	return p.ofCourse(ctx, "okafor", app.NewID[ident.Command](p.app), id, course.ActAsk, obj{"from": course.FromLaboratory, "items": []string{"labs.alt", "labs.ggt", "labs.alp"}})
}

func (p *player) ofCourse(ctx context.Context, who string, id ident.Command, of ident.Course, what act.Act, body obj) error {
	b, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode %s: %w", what, err)
	}
	refusal, err := p.app.DoCourse(ctx, app.CourseRequest{Act: what, Schema: 1, ID: id, Course: of, OccurredAt: p.app.Now(), Actor: p.who[who], Body: b})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if refusal != nil {
		return fmt.Errorf("%s was refused: %w", what, refusal)
	}
	return nil
}
