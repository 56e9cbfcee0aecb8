package session

import (
	"strconv"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/word"
)

func (d *decider) drawUp(c Command) ([]Event, *Refusal) {
	if c, ok := c.(DiscardDrawUp); ok {
		return d.discard(c)
	}
	if r := d.in(PhaseReady); r != nil {
		return nil, r
	}
	switch c := c.(type) {
	case OpenVials:
		return d.openVials(c)
	case Compute:
		return d.compute(c)
	default:
		// the others do not concern this
	}
	return nil, malformed("session.unknown_command")
}

// openVials opens nothing while a blocker stands: the gate is asked again,
// since what was clear when it was passed may not be clear now.
func (d *decider) openVials(c OpenVials) ([]Event, *Refusal) {
	if len(c.Vials) == 0 || len(d.s.Vials)+len(c.Vials) > mostItems {
		return nil, malformed("session.too_many")
	}
	for _, v := range c.Vials {
		if r := possibleVial(v); r != nil {
			return nil, r
		}
		if r := d.usableVial(v); r != nil {
			return nil, r
		}
	}
	if gate := DrawUpGate(d.s, d.env); !gate.Open() {
		return nil, shut(gate, "session.draw_up_shut")
	}
	if r := d.dilutes(c.Vials); r != nil {
		return nil, r
	}
	return one(VialsOpened{Vials: c.Vials})
}

func possibleVial(v drug.Vial) *Refusal {
	switch {
	case strings.TrimSpace(v.Lot) == "" || tooLong(v.Lot):
		return malformed("session.bad_lot")
	case tooLong(v.Drug):
		return malformed("session.text_too_long")
	case notSome(v.Strength, strongest):
		return malformed("session.bad_concentration", v.Strength.String())
	case notSome(v.Volume, mostML):
		return malformed("session.bad_volume", v.Volume.String())
	}
	if _, err := time.Parse(time.DateOnly, v.Expiry); err != nil {
		return malformed("session.bad_date")
	}
	return nil
}

// usableVial refuses a vial of another drug, one whose drug nobody read, and
// one that has expired.
func (d *decider) usableVial(v drug.Vial) *Refusal {
	today := d.today()
	switch what := strings.TrimSpace(v.Drug); {
	case what == "":
		return refuse(RuleVialDrug, "session.vial_drug_unread")
	case !strings.EqualFold(what, drug.Ketamine):
		return limited(RuleVialDrug, "session.vial_other_drug", what, drug.Ketamine, d.cited(RuleVialDrug))
	case today == "":
		return refuse(RuleVial, "session.no_zone")
	case v.Expiry < today:
		return limited(RuleVial, "session.vial_expired", v.Expiry, today, "")
	}
	return nil
}

// compute takes one person's own computation. The second one settles it: both
// must agree with each other, with the order and with the vials.
func (d *decider) compute(c Compute) ([]Event, *Refusal) {
	who, r := d.person()
	switch {
	case r != nil:
		return nil, r
	case notSome(c.Mass, mostMg):
		return nil, malformed("session.bad_mass", c.Mass.String())
	case notSome(c.Volume, mostML):
		return nil, malformed("session.bad_volume", c.Volume.String())
	case len(d.s.Vials) == 0:
		return nil, refuse(RuleDrawUp, "session.no_vials")
	case d.s.Order == nil:
		return nil, refuse(RuleDrawUp, "session.no_order")
	}
	mine := DrawUpComputed{By: who, Mass: c.Mass, Volume: c.Volume}
	if len(d.s.Computed) == 0 {
		return one(mine)
	}
	first := d.s.Computed[0]
	if first.By == who {
		return nil, refuse(RuleDrawUp, "session.second_person")
	}
	if why, ok := d.agree(first, mine); !ok {
		return []Event{mine, DrawUpDisagreed{First: first, Second: mine, Message: why}}, nil
	}
	return d.prepare(first, mine)
}

func (d *decider) prepare(first, second DrawUpComputed) ([]Event, *Refusal) {
	useBy, ok := d.useBy(d.s.VialsAt)
	if !ok {
		return nil, refuse(RuleVial, "session.no_use_by")
	}
	o := d.s.Order
	return []Event{second, Prepared{
		First: first.By, Second: second.By, Drawn: second.Mass, DrawnVolume: second.Volume,
		BagVolume: o.BagVolume, Concentration: o.Concentration, Label: labelOf(d.env.Command), UseBy: useBy,
	}}, nil
}

// discard wastes all that is drawn up, before a witness. It goes back where
// there is nothing, and where the bag was started: then waste says how much.
func (d *decider) discard(c DiscardDrawUp) ([]Event, *Refusal) {
	mass, volume := d.drawnUp()
	switch {
	case missing(c.Why, DiscardLate, DiscardDamaged, DiscardLabel, DiscardDrug, DiscardOrder, DiscardUnused):
		return nil, malformed("session.unknown_code", "why")
	case !c.Method.Given():
		return nil, malformed("session.text_missing")
	case !mass.Positive():
		return nil, malformed("session.nothing_drawn")
	case !d.s.StartedAt.IsZero():
		return nil, malformed("session.bag_started")
	}
	w, r := d.witness()
	if r != nil {
		return nil, r
	}
	e := DrawUpDiscarded{Why: c.Why, Mass: mass, Volume: volume, Method: c.Method, Witness: w}
	if d.s.Prepared != nil {
		e.Label = d.s.Prepared.Label
	}
	return one(e)
}

// drawnUp is what there is to discard: the bag without what was taken from it
// by hand, or what was drawn from vials.
func (d *decider) drawnUp() (unit.Mass, unit.Volume) {
	if d.s.Prepared == nil {
		_, volume, _ := d.vials()
		return d.s.drawnNow(), volume
	}
	left := d.s.drawnNow()
	for _, f := range d.s.Drugs {
		if !f.Struck && f.FromBag && f.Position > d.s.PreparedAt {
			left = left.Sub(f.Ketamine)
		}
	}
	return left, unit.VolumeOf(left.Exact(), d.s.Prepared.Concentration).Round()
}

// What two computations may differ by from the exact numbers: half of the
// last decimal that is typed. Between the two persons nothing may differ.
// Evidence mark: default.
var (
	massRounding   = unit.Mg("0.05")
	volumeRounding = unit.ML("0.005")
)

// Blind reports whether amounts computed before have to be kept back: the
// visit is between its first vial and its bag, and two people compute anew.
func Blind(s State) bool { return s.Phase == PhaseReady && s.Prepared == nil }

// agree compares two computations with each other, with the bag that was
// ordered and with what was drawn from the vials. It says no number: the next
// two computations are blind again.
func (d *decider) agree(a, b DrawUpComputed) (why word.Message, ok bool) {
	inVials, drawn, strongest := d.vials()
	slack := unit.MassIn(volumeRounding.Exact(), strongest)
	switch {
	case a.Mass != b.Mass || a.Volume != b.Volume:
		return word.M("session.draw_up_differ"), false
	case !within(b.Mass.Exact(), d.s.Order.BagMass(), massRounding.Exact()):
		return word.M("session.draw_up_not_ordered"), false
	case !within(b.Volume.Exact(), drawn.Exact(), volumeRounding.Exact()):
		return word.M("session.draw_up_not_drawn"), false
	case !within(b.Mass.Exact(), inVials, slack.Add(massRounding.Exact())):
		return word.M("session.draw_up_not_vials"), false
	}
	return word.Message{}, true
}

// vials adds up what was drawn: mass, volume and the greatest strength.
func (d *decider) vials() (mass unit.ExactMass, volume unit.Volume, strongest unit.Concentration) {
	for _, v := range d.s.Vials {
		mass = mass.Add(unit.MassIn(v.Volume.Exact(), v.Strength))
		volume = volume.Add(v.Volume)
		if strongest.Less(v.Strength) {
			strongest = v.Strength
		}
	}
	return mass, volume, strongest
}

// within reports whether a and b differ by at most slack.
func within[U unit.Base](a, b, slack unit.Exact[U]) bool {
	diff := a.Sub(b)
	if diff.Sign() < 0 {
		diff = b.Sub(a)
	}
	return diff.Cmp(slack) <= 0
}

// labelOf is the code printed on a bag: eight letters or digits from the end
// of the command's id and a check digit, which catches a slip of typing. It
// holds nothing of the patient.
func labelOf(id ident.Command) string {
	s := strings.ToUpper(strings.ReplaceAll(string(id), "-", ""))
	if len(s) > 8 {
		s = s[len(s)-8:]
	}
	sum := 0
	for i := range len(s) {
		sum += (i + 1) * int(s[i])
	}
	return s + "-" + strconv.Itoa(sum%10)
}
