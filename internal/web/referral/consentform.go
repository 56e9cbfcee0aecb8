package referral

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// ConsentForm are the questions around the signatures, with what was typed before.
func ConsentForm(f url.Values, months, infusions int) view.CourseForm {
	var out view.CourseForm
	add := func(title string, items ...view.CourseFormItem) {
		for i := range items {
			items[i].Value, items[i].Chosen = f.Get(items[i].Name), map[string]bool{f.Get(items[i].Name): f.Get(items[i].Name) != ""}
		}
		out.Groups = append(out.Groups, view.CourseFormGroup{Title: title, Items: items})
	}
	add("Before signing",
		view.CourseFormItem{Name: "capacity", Label: "The patient can decide this", Kind: "choice", Options: options(course.Capacities()...)},
		view.CourseFormItem{Name: "interpreter", Label: "Interpreter, by name or number", Kind: "text", Hint: "Leave empty where nobody had to interpret."},
		view.CourseFormItem{Name: "questions", Label: "The patient's questions were answered", Kind: "choice", Options: options("yes", "no")},
		view.CourseFormItem{Name: "asked", Label: "What was asked", Kind: "long"})
	add("What it covers",
		view.CourseFormItem{Name: "infusions", Label: "Infusions", Kind: "number", Required: true, Hint: fmt.Sprintf("at most %d", infusions)},
		view.CourseFormItem{Name: "until", Label: "Last day", Kind: "date", Required: true, Hint: fmt.Sprintf("at most %d months from today", months)})
	add("A question of its own",
		view.CourseFormItem{Name: "registry", Label: "Data without the name may go into a registry", Kind: "choice", Options: options("yes", "no"), Hint: "The answer changes nothing of the treatment."})
	add("Patient",
		view.CourseFormItem{Name: "role", Label: "Who signs", Kind: "choice", Options: options(course.SignsForSelf, course.SignsForPatient)},
		view.CourseFormItem{Name: "relationship", Label: "Relationship of a representative", Kind: "text"},
		view.CourseFormItem{Name: "name", Label: "Name in print", Kind: "text", Required: true, Hint: "Typed by the person who signs. Where nothing is drawn or signed on paper, this is the signature."},
		view.CourseFormItem{Name: "method", Label: "How it is signed", Kind: "choice", Options: options(course.Methods()...)},
		view.CourseFormItem{Name: "copy", Label: "The patient's copy", Kind: "choice", Options: options(course.Copies()...)})
	return out
}

// ConsentBody is the command that the form becomes. An error is for who typed it.
func ConsentBody(f url.Values) ([]byte, error) {
	infusions, err := strconv.Atoi(strings.TrimSpace(f.Get("infusions")))
	if err != nil {
		return nil, fmt.Errorf("the number of infusions is a whole number")
	}
	strokes := ""
	if f.Get("method") == string(course.Drawn) {
		strokes = f.Get("strokes")
		if _, err := course.ReadInk(strokes); err != nil {
			return nil, err
		}
	}
	signer := with(with(with(map[string]any{"role": f.Get("role"), "method": f.Get("method")}, "name", f.Get("name")), "relationship", f.Get("relationship")), "strokes", strokes)
	body := with(with(map[string]any{
		"document_sha256": f.Get("document"), "language": "en", "signer": signer, "capacity": f.Get("capacity"), "questions_answered": f.Get("questions") == "yes",
		"registry": f.Get("registry") == "yes", "copy": f.Get("copy"), "until": f.Get("until"), "infusions": infusions,
	}, "interpreter", f.Get("interpreter")), "asked", f.Get("asked"))
	b, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("write form: %w", err)
	}
	return b, nil
}
