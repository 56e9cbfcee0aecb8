package form

import (
	"encoding/json"
	"fmt"
	"math/big"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// maxText bounds one answer, in bytes; the record bounds it again.
const maxText = 4 << 10

// MaxRows bounds the entries of a list that a page asks for.
const MaxRows = 40

// Filling turns the answers of a page without script into the body of a
// command: the same table, the same body as the chair's. Nothing is filled in
// that was neither typed nor known.
type Filling struct {
	Zone  *time.Location // in which a typed date and time is meant
	NewID string         // the id that a form makes; from the form's own key, so that twice is once
}

// Problems are answers that cannot be sent, in words, by the field's name.
type Problems map[string]string

// Name is a field's name on the page: signs share one path, so their kind is
// part of it.
func (f Field) Name(under string) string {
	name := under + f.Path
	if f.Input == Vital {
		name += "/" + f.Kind
	}
	return name
}

// Row is the prefix of the names in one entry of a list.
func (f Field) Row(under string, i int) string { return f.Name(under) + "." + strconv.Itoa(i) + "." }

// Rows is how many entries of a list were on the page that a came from.
func (f Field) Rows(under string, a url.Values) int {
	n, err := strconv.Atoi(a.Get(f.Name(under) + ".rows"))
	if err != nil || n < 0 || n > MaxRows {
		return 0
	}
	return n
}

// Touched reports whether anything of the field was answered.
func (f Field) Touched(under string, a url.Values) bool {
	switch f.Input {
	case List:
		for i := range f.Rows(under, a) {
			if touched(f.Fields, f.Row(under, i), a) {
				return true
			}
		}
		return false
	case NewID, Known, None:
		return false
	default:
		return strings.TrimSpace(a.Get(f.Name(under))) != ""
	}
}

func touched(fields []Field, under string, a url.Values) bool {
	for _, f := range fields {
		if f.Touched(under, a) {
			return true
		}
	}
	return false
}

// Fill makes the body of f's command from what is known already and the
// answers, or says what is wrong beside which field.
func (l Filling) Fill(f Form, known map[string]any, a url.Values) (json.RawMessage, Problems, error) {
	body, wrong := object{}, Problems{}
	for k, v := range known {
		body[k] = v
	}
	for _, s := range f.Sections {
		if s.Optional && !touched(s.Fields, "", a) {
			continue
		}
		l.fields(s.Fields, "", a, body, wrong)
	}
	if len(wrong) > 0 {
		return nil, wrong, nil
	}
	b, err := json.Marshal(body)
	if err != nil {
		return nil, nil, fmt.Errorf("encode answers: %w", err)
	}
	return b, nil, nil
}

type object = map[string]any

func (l Filling) fields(fields []Field, under string, a url.Values, body object, wrong Problems) {
	for _, f := range fields {
		if f.ShowIf != nil && a.Get(under+f.ShowIf.Path) != f.ShowIf.Equals {
			continue
		}
		switch f.Input {
		case None, Known:
		case NewID:
			put(body, f.Path, l.NewID)
		case List:
			l.list(f, under, a, body, wrong)
		case Pump:
			if !f.Required && a.Get(f.Name(under)) == "" {
				continue
			}
			wrong[f.Name(under)] = "The pump is read at the chair."
		case SE12:
			wrong[f.Name(under)] = "Side effects are asked at the chair."
		default:
			l.one(f, under, a, body, wrong)
		}
	}
}

func (l Filling) list(f Field, under string, a url.Values, body object, wrong Problems) {
	var out []any
	for i := range f.Rows(under, a) {
		row := f.Row(under, i)
		if !touched(f.Fields, row, a) {
			continue
		}
		entry := object{}
		l.fields(f.Fields, row, a, entry, wrong)
		out = append(out, entry)
	}
	if len(out) > 0 {
		put(body, f.Path, out)
	} else if f.Required {
		wrong[f.Name(under)] = "“" + f.Label + "” is missing."
	}
}

func (l Filling) one(f Field, under string, a url.Values, body object, wrong Problems) {
	name := f.Name(under)
	if f.Input == Choices {
		if given := a[name]; len(given) > 0 {
			put(body, f.Path, given)
		} else if f.Required {
			wrong[name] = "“" + f.Label + "” is missing."
		}
		return
	}
	text := strings.TrimSpace(a.Get(name))
	if text == "" {
		if f.Required {
			wrong[name] = "“" + f.Label + "” is missing."
		}
		return
	}
	v, say := l.wire(f, text)
	if say != "" {
		wrong[name] = say
		return
	}
	if f.Input == Vital {
		so, _ := get(body, f.Path).([]any)
		v = append(so, object{"kind": f.Kind, "v": v, "u": f.UCUM, "quality": "good", "origin": "by hand"})
	}
	put(body, f.Path, v)
}

// wire is the answer as the command has it, or why it cannot be that.
func (l Filling) wire(f Field, text string) (v any, say string) {
	if len(text) > maxText {
		return nil, "This is longer than " + strconv.Itoa(maxText) + " letters."
	}
	switch f.Input {
	case Number, Vital:
		var n string
		if n, say = f.number(text); say != "" {
			return nil, say
		}
		text = n
	case YesNo:
		if text != "true" && text != "false" {
			return nil, "Answer yes or no."
		}
		return text == "true", ""
	case Time:
		t, err := time.ParseInLocation("2006-01-02T15:04", text, l.Zone)
		if err != nil {
			return nil, "Write date and time as 2026-11-23T10:40."
		}
		return t.UTC().Format(time.RFC3339), ""
	case Date:
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return nil, "Write the date as 2026-11-23."
		}
	default:
	}
	switch {
	case f.Private:
		return object{"text": text}, ""
	case f.Quantity:
		return object{"v": text, "u": f.UCUM}, ""
	case f.Int || f.Input == Score:
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, "Choose one of the answers."
		}
		return n, ""
	}
	return text, ""
}

var decimal = regexp.MustCompile(`^[0-9]{1,9}(\.[0-9]{1,6})?$`)

// number checks a typed number against the field's own range and resolution;
// a comma is a point.
func (f Field) number(text string) (n, say string) {
	n = strings.Replace(text, ",", ".", 1)
	if !decimal.MatchString(n) {
		return "", "This is not a number."
	}
	if _, fraction, _ := strings.Cut(n, "."); len(fraction) > f.Decimals {
		switch f.Decimals {
		case 0:
			return "", "Whole numbers only."
		case 1:
			return "", "At most one digit after the point."
		}
		return "", fmt.Sprintf("At most %d digits after the point.", f.Decimals)
	}
	x, _ := new(big.Rat).SetString(n)
	low, hasLow := new(big.Rat).SetString(f.Low)
	high, hasHigh := new(big.Rat).SetString(f.High)
	if hasLow && x.Cmp(low) < 0 || hasHigh && x.Cmp(high) > 0 {
		return "", "Possible here: " + f.Range() + "."
	}
	return n, ""
}

// Range is the field's range in words: "30 to 300 mmHg".
func (f Field) Range() string {
	unit := ""
	if f.Unit != "" {
		unit = " " + f.Unit
	}
	switch {
	case f.Low != "" && f.High != "":
		return f.Low + " to " + f.High + unit
	case f.High != "":
		return "at most " + f.High + unit
	}
	return "at least " + f.Low + unit
}

func put(o object, path string, v any) {
	names := strings.Split(path, ".")
	for _, k := range names[:len(names)-1] {
		inner, ok := o[k].(object)
		if !ok {
			inner = object{}
			o[k] = inner
		}
		o = inner
	}
	o[names[len(names)-1]] = v
}

func get(o object, path string) any {
	var at any = o
	for k := range strings.SplitSeq(path, ".") {
		inner, ok := at.(object)
		if !ok {
			return nil
		}
		at = inner[k]
	}
	return at
}

// Answers are the answers that would make a body, for a page that begins with
// an earlier one. Text of a person, and what the form leaves out, do not come.
func (l Filling) Answers(f Form, body map[string]any) url.Values {
	a := url.Values{}
	for _, s := range f.Sections {
		l.answers(s.Fields, "", body, a)
	}
	return a
}

func (l Filling) answers(fields []Field, under string, body object, a url.Values) {
	for _, f := range fields {
		v := get(body, f.Path)
		if v == nil || f.Private || f.Input == Known || f.Input == NewID {
			continue
		}
		rows, isList := v.([]any)
		if f.Input == List && isList {
			rows = rows[:min(len(rows), MaxRows)]
			a.Set(f.Name(under)+".rows", strconv.Itoa(len(rows)))
			for i, row := range rows {
				if entry, ok := row.(object); ok {
					l.answers(f.Fields, f.Row(under, i), entry, a)
				}
			}
			continue
		}
		if text := l.text(f, v); text != "" {
			a.Set(f.Name(under), text)
		}
	}
}

func (l Filling) text(f Field, v any) string {
	switch v := v.(type) {
	case string:
		if f.Input != Time {
			return v
		}
		t, err := time.Parse(time.RFC3339, v)
		if err != nil {
			return ""
		}
		return t.In(l.Zone).Format("2006-01-02T15:04")
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case object:
		if q, ok := v["v"].(string); ok && v["u"] == f.UCUM {
			return q
		}
	}
	return ""
}
