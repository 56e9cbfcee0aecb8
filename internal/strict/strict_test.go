package strict

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

type sample struct {
	Cause string             `json:"cause"`
	Rate  struct{ V string } `json:"rate"`
	List  []struct{ X int }  `json:"list"`
	Any   json.RawMessage    `json:"any"`
	N     json.Number        `json:"n"`
}

func TestObject(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", mostDeep-1) + strings.Repeat("]", mostDeep-1)
	for in, says := range map[string]string{
		`{}`: "", ` {"cause":"clinical"} `: "", `{"cause":"a","rate":{"V":"1"},"list":[{"X":1},{"X":2}]}`: "",
		`{"cause":"cause","any":{"cause":"cause"}}`: "", `{"n":1e309,"any":[1,"a","a",null,true,{}]}`: "",
		`{"any":{"a":{"a":1},"b":{"a":1}}}`:           "",
		`{"cause":"a","cause":"b"}`:                   "the key cause stands twice",
		`{"cause":"a","cause":"a"}`:                   "the key cause stands twice",
		`{"cause":"a","CAUSE":"b"}`:                   "the key CAUSE stands twice",
		`{"cause":"a","cau\u017fe":"b"}`:              "a key stands twice", // the long s is an s to encoding/json
		`{"cause":"a","cau\u0073e":"b"}`:              "the key cause stands twice",
		`{"rate":{"V":"1","V":"2"}}`:                  "the key V stands twice",
		`{"list":[{"X":1},{"X":1,"X":2}]}`:            "the key X stands twice",
		`{"any":{"x":[{"deep":1,"deep":2}]}}`:         "the key deep stands twice",
		`{"any":{"Maria Rivera":1,"maria rivera":2}}`: "a key stands twice",
		`{"any":{"":1,"":2}}`:                         "a key stands twice",
		`{"other":1}`:                                 "unknown field",
		`{} {}`:                                       ErrMore.Error(), `{}x`: ErrMore.Error(), "{}\f": ErrMore.Error(), "{}\r\n": "",
		`null`: ErrNotObject.Error(), ``: "EOF", `{"cause":1}`: "cannot unmarshal",
		`{"any":` + deep + `}`:   "",
		`{"any":[` + deep + `]}`: ErrDeep.Error(),
	} {
		var s sample
		err := Object([]byte(in), &s)
		if (says == "") != (err == nil) || (err != nil && !strings.Contains(err.Error(), says)) {
			t.Errorf("%.60s: %v, want %q", in, err, says)
		}
	}
	for in, says := range map[string]string{
		`{"any":{"x":1,"x":2},"cause":"a"}`: "", `{"any":[{"x":1,"x":2}]}`: "",
		`{"cause":"a","any":{"x":1,"x":2},"cause":"b"}`: "the key cause stands twice",
	} {
		if err := Envelope([]byte(in), &sample{}); (says == "") != (err == nil) || (err != nil && err.Error() != says) {
			t.Errorf("the envelope %s: %v", in, err)
		}
	}
	var twice *TwiceError
	if err := Object([]byte(`{"n":1,"n":2}`), &sample{}); !errors.As(err, &twice) || twice.Key != "n" {
		t.Errorf("the key is not named: %v", err)
	}
}

// FuzzObject: what is taken, the standard library reads the same way, and no
// field was said twice.
func FuzzObject(f *testing.F) {
	for _, s := range []string{`{}`, `{"cause":"a","Cause":"b"}`, `{"list":[{"X":1}],"any":{"a":[[]]}}`, `[`, `{"a`, "{\"\xff\":1,\"\xfe\":2}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var s, again sample
		if Object(in, &s) != nil {
			return
		}
		if err := json.Unmarshal(in, &again); err != nil {
			t.Fatalf("taken and not JSON: %v", err)
		}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(in, &fields); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for k := range fields {
			if seen[strings.ToLower(k)] {
				t.Fatalf("taken with %q twice", k)
			}
			seen[strings.ToLower(k)] = true
		}
	})
}
