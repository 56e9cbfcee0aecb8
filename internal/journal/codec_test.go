package journal_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stillwatch/stillwatch/internal/journal"
)

// event is a closed sum of the tests.
type event interface{ isEvent() }

type (
	// said is "said" as it is written now.
	said struct {
		Text  string `json:"text"`
		Times int    `json:"times"`
	}
	// saidOnce is "said" as it was in version 1.
	saidOnce struct {
		Words string `json:"words"`
	}
	// told holds what can be wrong in a payload.
	told struct {
		Name journal.Private `json:"name,omitzero"`
		Dose float64         `json:"dose,omitempty"`
		Long string          `json:"long,omitempty"`
	}
	// stranger is an event no codec here knows.
	stranger struct{}
)

func (said) isEvent()     {}
func (told) isEvent()     {}
func (stranger) isEvent() {}

func codec() *journal.Codec[event] {
	return journal.NewCodec(
		journal.Type[said, event]("said", 2),
		journal.Was("said", 1, func(old saidOnce) event { return said{Text: old.Words, Times: 1} }),
		journal.Type[told, event]("told", 1),
	)
}

func TestCodec_Encode(t *testing.T) {
	t.Parallel()
	typ, version, payload, err := codec().Encode(said{Text: "a", Times: 2})
	if err != nil || typ != "said" || version != 2 || string(payload) != `{"text":"a","times":2}` {
		t.Errorf("%s version %d: %s, %v", typ, version, payload, err)
	}
	refused := map[string]event{
		"not registered":     stranger{},
		"nothing":            nil,
		"NaN":                told{Dose: math.NaN()},
		"infinite":           told{Dose: math.Inf(-1)},
		"text not sealed":    told{Name: journal.Say("a name")},
		"larger than bounds": told{Long: strings.Repeat("x", journal.MaxPayload)},
	}
	for name, e := range refused {
		if _, _, payload, err := codec().Encode(e); err == nil || payload != nil {
			t.Errorf("%s: written as %.40s", name, payload)
		} else if strings.Contains(err.Error(), "a name") {
			t.Errorf("%s: the refusal repeats the text: %v", name, err)
		}
	}
}

func TestCodec_Decode(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		typ     string
		version int
		payload string
		want    event // nil where it is refused
	}{
		"now":              {"said", 2, `{"text":"a","times":2}`, said{"a", 2}},
		"as it was":        {"said", 1, `{"words":"a"}`, said{"a", 1}},
		"unknown type":     {"shouted", 1, `{}`, nil},
		"unknown version":  {"said", 3, `{}`, nil},
		"version 0":        {"said", 0, `{}`, nil},
		"unknown field":    {"said", 2, `{"text":"a","times":2,"to":"b"}`, nil},
		"new field in old": {"said", 1, `{"words":"a","times":2}`, nil},
		"old field in new": {"said", 2, `{"words":"a"}`, nil},
		"trailing value":   {"said", 2, `{"text":"a","times":2}{}`, nil},
		"trailing space":   {"said", 2, `{"text":"a","times":2} `, nil},
		"trailing byte":    {"said", 2, "{\"text\":\"a\",\"times\":2}\x00", nil},
		"wrong kind":       {"said", 2, `{"text":1}`, nil},
		"number too large": {"said", 2, `{"times":9223372036854775808}`, nil},
		"cut short":        {"said", 2, `{"text":"a"`, nil},
		"nothing":          {"said", 2, ``, nil},
		"too large":        {"told", 1, `{"long":"` + strings.Repeat("x", journal.MaxPayload) + `"}`, nil},
		"reference":        {"told", 1, `{"name":{"id":"i","hash":"h"}}`, told{Name: journal.Private{ID: "i", Hash: "h"}}},
	}
	for name, test := range tests {
		got, err := codec().Decode(test.typ, test.version, []byte(test.payload))
		if (err == nil) != (test.want != nil) {
			t.Errorf("%s: %v, %v", name, got, err)
			continue
		}
		if d := cmp.Diff(test.want, got, cmp.AllowUnexported(journal.Private{})); d != "" {
			t.Errorf("%s (-want +got)\n%s", name, d)
		}
	}
}

func TestCodec_Open(t *testing.T) {
	t.Parallel()
	r := sample()
	r.Type, r.Version, r.Payload = "said", 1, []byte(`{"words":"a"}`)
	e, err := codec().Open(r)
	if err != nil || e.Event != (said{"a", 1}) || e.Position != r.Position || e.Actor.Job != "test" {
		t.Errorf("%+v, %v", e, err)
	}
	r.Payload = []byte(`{"x":1}`)
	if _, err := codec().Open(r); err == nil || !strings.Contains(err.Error(), "entry 7") {
		t.Errorf("a payload with an unknown field: %v", err)
	}
	r.Actor = []byte(`{`)
	if _, err := codec().Open(r); err == nil {
		t.Error("an actor that is not JSON is opened")
	}
}

// TestKind_Rewrite writes an old payload again by the struct of its time:
// the corpus rests on it.
func TestKind_Rewrite(t *testing.T) {
	t.Parallel()
	for _, k := range codec().Kinds() {
		if k.Name != "said" || k.Version != 1 {
			continue
		}
		got, err := k.Rewrite([]byte(`{"words":"a"}`))
		if err != nil || string(got) != `{"words":"a"}` || k.Current {
			t.Errorf("version 1 written again: %s, %v, current %v", got, err, k.Current)
		}
		if _, err := k.Rewrite([]byte(`{"text":"a"}`)); err == nil {
			t.Error("a payload of another version is written again")
		}
		return
	}
	t.Fatal("version 1 is not listed")
}

func TestNewCodec_Refuses(t *testing.T) {
	t.Parallel()
	up := func(saidOnce) event { return said{} }
	tests := map[string][]journal.Kind[event]{
		"twice":             {journal.Type[said, event]("said", 1), journal.Was("said", 1, up)},
		"two current":       {journal.Type[said, event]("said", 1), journal.Type[told, event]("said", 2)},
		"name":              {journal.Type[said, event]("Said it", 1)},
		"no name":           {journal.Type[said, event]("", 1)},
		"long name":         {journal.Type[said, event](strings.Repeat("x", journal.MaxType+1), 1)},
		"version 0":         {journal.Type[said, event]("said", 0)},
		"not one of events": {journal.Type[saidOnce, event]("said", 1)},
	}
	for name, kinds := range tests {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: a codec is made", name)
				}
			}()
			journal.NewCodec(kinds...)
		}()
	}
}
