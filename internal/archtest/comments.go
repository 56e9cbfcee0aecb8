package archtest

import "strings"

const ruleComment = "package-comment"

// CheckPackageComments reports each package that does not say what it is for:
// a comment opening "Package name", or "Command name" for a program.
func CheckPackageComments(t *Tree) []Finding {
	var out []Finding
	for _, p := range t.pkgs {
		code := p.code()
		if len(code) == 0 {
			continue
		}
		want := "Package " + code[0].Name.Name + " "
		if code[0].Name.Name == "main" {
			want = "Command "
		}
		if !commented(code, want) {
			out = append(out, t.finding(code[0].Package, ruleComment,
				"%s has no comment that opens %q and says what the package is for", p.rel, want))
		}
	}
	return sortFindings(out)
}

func commented(code []file, want string) bool {
	for _, f := range code {
		if f.Doc != nil && strings.HasPrefix(f.Doc.Text(), want) {
			return true
		}
	}
	return false
}
