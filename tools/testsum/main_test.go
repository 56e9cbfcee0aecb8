package main

import (
	"strings"
	"testing"
)

func TestRead_CountsAndShowsWhatFailed(t *testing.T) {
	t.Parallel()
	in := `plain text of the go command
{"Action":"output","Package":"p","Test":"TestA","Output":"--- FAIL: TestA\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:3: wrong\n"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Test":"TestB"}
{"Action":"output","Package":"p","Test":"TestC","Output":"    c_test.go:9: no PostgreSQL\n"}
{"Action":"skip","Package":"p","Test":"TestC"}
{"Action":"fail","Package":"p","Elapsed":1.25}
{"Action":"skip","Package":"empty"}
{"ImportPath":"q","Action":"build-output","Output":"q.go:1: syntax error\n"}
{"Action":"fail","Package":"q","FailedBuild":"q"}
`
	var out strings.Builder
	s, err := read(strings.NewReader(in), &out)
	if err != nil {
		t.Fatal(err)
	}
	if s.ok() {
		t.Error("ok after a failed test")
	}
	for _, want := range []string{"plain text", "a_test.go:3: wrong", "q.go:1: syntax error", "FAIL  p 1.2s"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("output lacks %q:\n%s", want, out.String())
		}
	}
	for _, want := range []string{
		"not run  p TestC: c_test.go:9: no PostgreSQL",
		"broken   q: does not build",
		"1 tests passed, 1 failed, 1 not run, 1 packages broken",
	} {
		if !strings.Contains(s.String(), want) {
			t.Errorf("summary lacks %q:\n%s", want, s)
		}
	}
}

func TestSummary_NothingRunIsNotOK(t *testing.T) {
	t.Parallel()
	s, err := read(strings.NewReader(""), &strings.Builder{})
	if err != nil {
		t.Fatal(err)
	}
	if s.ok() {
		t.Error("a run without a test counts as passed")
	}
}
