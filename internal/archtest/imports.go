package archtest

import (
	"go/ast"
	"slices"
	"strconv"
	"strings"
)

// Rule names, as they stand in findings.
const (
	ruleUnlisted = "unlisted"
	ruleLevel    = "level"
	rulePeer     = "peer"
	ruleTestOnly = "test-only"
	ruleOnly     = "only"
	ruleStd      = "pure-std"
	ruleModule   = "module"
)

// CheckImports reports each import a package's room does not allow, and each
// package that stands in no room.
func CheckImports(t *Tree, rooms map[string]Room) []Finding {
	var out []Finding
	for _, p := range t.pkgs {
		from, ok := find(rooms, p.rel)
		if !ok {
			out = append(out, t.finding(p.files[0].Package, ruleUnlisted,
				"%s has no level: give it one in the table of internal/archtest/rooms.go", p.rel))
			continue
		}
		for _, f := range p.files {
			for _, spec := range f.Imports {
				if rule, why := judge(rooms, from, f.test, spec); rule != "" {
					out = append(out, t.finding(spec.Pos(), rule, "%s", why))
				}
			}
		}
	}
	return sortFindings(out)
}

// judge returns the rule an import breaks and the reason, or "".
func judge(rooms map[string]Room, from place, test bool, spec *ast.ImportSpec) (rule, why string) {
	imported, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return ruleModule, "import path cannot be read"
	}
	if own, ok := strings.CutPrefix(imported, Module+"/"); ok {
		return judgeOwn(rooms, from, test, own)
	}
	if first, _, _ := strings.Cut(imported, "/"); strings.Contains(first, ".") {
		return judgeModule(from, test, imported)
	}
	return judgeStd(from, test, imported)
}

func judgeOwn(rooms map[string]Room, from place, test bool, imported string) (rule, why string) {
	to, ok := find(rooms, imported)
	if !ok {
		// The package itself is reported as unlisted, once.
		return "", ""
	}
	inTest := test || from.TestOnly
	switch {
	case to.name == from.name:
		return "", ""
	case to.TestOnly && !inTest:
		return ruleTestOnly, imported + " is for tests only"
	case test && from.Level > pureLevels:
		// Tests of the shell may put the whole house together.
		return "", ""
	case to.helper && inTest && to.Level <= from.Level:
		return "", ""
	case from.Only != nil && !slices.Contains(from.Only, to.name):
		return ruleOnly, from.name + " may import " + strings.Join(from.Only, ", ") + " only"
	case to.Level < from.Level, slices.Contains(from.Peers, to.name):
		return "", ""
	case to.Level == from.Level:
		return rulePeer, from.name + " may not import its peer " + to.name + ", both at level " + strconv.Itoa(to.Level)
	}
	return ruleLevel, from.name + " (level " + strconv.Itoa(from.Level) + ") may not import " + to.name + " (level " + strconv.Itoa(to.Level) + "), which is above it"
}

func judgeModule(from place, test bool, imported string) (rule, why string) {
	allowed := from.Uses
	if test || from.TestOnly {
		allowed = append(slices.Clone(allowed), testModules()...)
	}
	for _, module := range allowed {
		if imported == module || strings.HasPrefix(imported, module+"/") {
			return "", ""
		}
	}
	return ruleModule, from.name + " may not import " + imported + ": each outside module has one home (see Uses in internal/archtest/rooms.go)"
}

func judgeStd(from place, test bool, imported string) (rule, why string) {
	if !from.pure() || test || slices.Contains(pureStd(), imported) ||
		slices.Contains(from.Std, imported) {
		return "", ""
	}
	return ruleStd, from.name + " is pure and may not import " + imported + ": " + whyNotPure(imported)
}
