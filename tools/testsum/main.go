// Command testsum reads the output of go test -json and prints what a person
// wants of it: each package, the output of what failed, and at the end how many
// tests passed, failed or were not run, with the reason of each of those.
//
//	go test -json ./... | go -C tools run ./testsum [-o FILE]
//
// It exits 1 when anything failed or nothing ran. With -o the summary also goes
// into FILE.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	out := flag.String("o", "", "also write the summary into `file`")
	flag.Parse()
	s, err := read(os.Stdin, os.Stdout)
	if err == nil && *out != "" {
		err = os.WriteFile(*out, []byte(s.String()), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "testsum:", err)
		os.Exit(1)
	}
	fmt.Print("\n", s.String())
	if !s.ok() {
		os.Exit(1)
	}
}

// event is one line of go test -json.
type event struct {
	Action      string
	Package     string
	ImportPath  string
	Test        string
	Output      string
	Elapsed     float64
	FailedBuild string
}

// summary is what the whole run came to.
type summary struct {
	passed, failed int
	// packages are the lines of packages, skipped the tests not run with their reasons.
	packages, skipped, broken []string
	// failedIn are the packages with a failed test.
	failedIn map[string]bool
}

func (s *summary) ok() bool { return s.failed == 0 && len(s.broken) == 0 && s.passed > 0 }

func (s *summary) String() string {
	var b strings.Builder
	for _, list := range [][]string{s.packages, s.skipped, s.broken} {
		for _, line := range list {
			fmt.Fprintln(&b, line)
		}
	}
	fmt.Fprintf(&b, "%d tests passed, %d failed, %d not run, %d packages broken\n", s.passed, s.failed, len(s.skipped), len(s.broken))
	return b.String()
}

// read follows the events, printing each package's result and the output of
// each failure as it comes.
func read(in io.Reader, out io.Writer) (*summary, error) {
	s := &summary{failedIn: map[string]bool{}}
	said := map[string][]string{}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			// The go command itself speaks in plain text.
			fmt.Fprintln(out, lines.Text())
			continue
		}
		s.take(e, said, out)
	}
	return s, lines.Err()
}

func (s *summary) take(e event, said map[string][]string, out io.Writer) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "output":
		said[key] = append(said[key], e.Output)
	case "build-output":
		fmt.Fprint(out, e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			s.finishPackage(e, said[key], out)
		} else {
			s.finishTest(e, said[key], out)
		}
		delete(said, key)
	}
}

func (s *summary) finishTest(e event, said []string, out io.Writer) {
	switch e.Action {
	case "pass":
		s.passed++
	case "fail":
		s.failed++
		s.failedIn[e.Package] = true
		said = slices.DeleteFunc(said, func(line string) bool { return strings.HasPrefix(line, "=== ") })
		fmt.Fprint(out, strings.Join(said, ""))
	case "skip":
		s.skipped = append(s.skipped, fmt.Sprintf("not run  %s %s: %s", e.Package, e.Test, reason(said)))
	}
}

func (s *summary) finishPackage(e event, said []string, out io.Writer) {
	if e.Action == "skip" {
		// No test files.
		return
	}
	line := fmt.Sprintf("ok    %s %.1fs", e.Package, e.Elapsed)
	if e.Action == "fail" {
		line = fmt.Sprintf("FAIL  %s %.1fs", e.Package, e.Elapsed)
		fmt.Fprint(out, strings.Join(said, ""))
		s.breakage(e)
	}
	s.packages = append(s.packages, line)
	fmt.Fprintln(out, line)
}

// breakage notes a package that failed outside any test: it did not build, it
// panicked or it ran out of time.
func (s *summary) breakage(e event) {
	switch {
	case e.FailedBuild != "":
		s.broken = append(s.broken, "broken   "+e.Package+": does not build")
	case !s.failedIn[e.Package]:
		s.broken = append(s.broken, "broken   "+e.Package+": failed outside its tests")
	}
}

// reason is what a skipped test said, without the frame go test puts around it.
func reason(said []string) string {
	kept := slices.DeleteFunc(slices.Clone(said), func(line string) bool {
		line = strings.TrimSpace(line)
		return line == "" || strings.HasPrefix(line, "===") || strings.HasPrefix(line, "---")
	})
	if len(kept) == 0 {
		return "no reason given"
	}
	return strings.Join(strings.Fields(strings.Join(kept, " ")), " ")
}
