package server

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// houseLibrary is what an adoption of a library names.
func houseLibrary(hash string, rows []library.Row) house.Library {
	out := house.Library{Hash: hash}
	for _, r := range rows {
		out.Rows = append(out.Rows, house.LibraryRow{Name: r.Name(), Hash: r.Hash})
	}
	return out
}

// librarySays is what is kept of a library when it is adopted: the rows of the files
// that orders are decided on.
func librarySays(rows []library.Row) []house.KeptRow {
	var out []house.KeptRow
	for _, r := range rows {
		if r.File == "protocols.yaml" || r.File == "session.yaml" {
			out = append(out, house.KeptRow{LibraryRow: house.LibraryRow{Name: r.Name(), Hash: r.Hash}, Version: r.Version, Text: r.Text, Facts: r.Facts})
		}
	}
	return out
}

// inFiles is all that the files which the program carries say, read and checked. Nothing
// of it is ever changed.
type inFiles struct {
	knows        app.Knowledge
	consent      library.Consent
	intake       library.Intake
	education    library.Education
	instructions library.Instructions
	claims       library.Knowledge[library.Claim]
	models       library.Kinetics
}

// shippedFiles reads them once: they cannot change while the program runs.
var shippedFiles = sync.OnceValues(func() (out inFiles, err error) {
	f := library.Shipped()
	if out.knows, err = knowledgeOf(f, nil); err != nil {
		return out, err
	}
	if out.consent, err = library.DecodeConsent(f.Consent); err != nil {
		return out, err
	}
	if out.intake, err = library.DecodeIntake(f.Intake); err != nil {
		return out, err
	}
	records, err := f.Records()
	if err != nil {
		return out, err
	}
	if out.education, err = library.DecodeEducation(f.Education, records); err != nil {
		return out, err
	}
	if out.instructions, err = library.DecodeInstructions(f.Instructions); err != nil {
		return out, err
	}
	if out.claims, err = library.DecodeClaims(f.Claims); err != nil {
		return out, err
	}
	out.models, err = library.DecodeKinetics(f.Kinetics)
	return out, err
})

// knowledgeOf reads what acts are decided on from the files of a library, in which the
// clinic's values stand already.
func knowledgeOf(f library.Files, values []house.Value) (app.Knowledge, error) {
	var k app.Knowledge
	var err error
	if k.Rules, err = library.DecodeSession(f.Session); err != nil {
		return k, err
	}
	if k.AlarmRules, err = library.DecodeAlarms(f.Alarms); err != nil {
		return k, err
	}
	if k.Screening, err = f.Screening(); err != nil {
		return k, err
	}
	if k.Protocols, err = library.DecodeProtocols(f.Protocols, k.Rules); err != nil {
		return k, err
	}
	if k.Rows, err = f.Rows(); err != nil {
		return k, err
	}
	if k.Settable, err = f.Settable(); err != nil {
		return k, err
	}
	k.Library, k.Says = houseLibrary(f.Hash(), k.Rows), librarySays(k.Rows)
	k.Library.Values = values
	return k, nil
}

// withValues is the shipped library with a clinic's own values.
func withValues(values []house.Value) (app.Knowledge, error) {
	own := make([]library.Value, len(values))
	for i, v := range values {
		own[i] = library.Value(v)
	}
	f, err := library.Shipped().With(own)
	if err != nil {
		return app.Knowledge{}, err
	}
	return knowledgeOf(f, values)
}

// LibraryPage is the page on which the director reads and adopts it.
func (d desk) LibraryPage(ctx context.Context, v web.Visitor) (view.Library, error) {
	s, err := d.app.House(ctx)
	if err != nil {
		return view.Library{}, err
	}
	on, err := d.app.Adopted(ctx)
	if err != nil {
		return view.Library{}, err
	}
	out := present.Library(d.app.Knows().Rows, s.Library, s.Kept)
	out.Hash = d.app.Knows().Library.Hash
	out.May = may(v, house.ActAdopt) && !on
	if on {
		out.Adopted = "Adopted " + word.Moment(s.Library.At.In(d.app.Zone)) + " by " + d.app.Names(ctx)[s.Library.By]
	}
	out.MaySign = may(v, house.ActSignProto) && on && s.Library.By != v.Actor.Person
	names := d.app.Names(ctx)
	for _, r := range d.app.Knows().Rows {
		if r.File != "protocols.yaml" {
			continue
		}
		row := house.LibraryRow{Name: r.Name(), Hash: r.Hash}
		p := view.ProtocolSignatures{Name: r.ID, Text: r.Text, Hash: r.Hash, ByTwo: s.ByTwo(row)}
		if on {
			p.Signed = append(p.Signed, names[s.Library.By])
		}
		for _, x := range s.Signed {
			if x.LibraryRow == row {
				p.Signed = append(p.Signed, names[x.By]+", "+word.Moment(x.At.In(d.app.Zone)))
			}
		}
		out.Protocols = append(out.Protocols, p)
	}
	out.Sets, out.MaySet, out.Unfit = true, may(v, house.ActAdopt), d.app.Unfit()
	values := d.app.Knows().Library.Values
	if out.Unfit != "" && s.Library != nil {
		values, out.May = s.Library.Values, false // adopting the library alone would drop them
	}
	for _, x := range values {
		out.Own = append(out.Own, x.Row+", "+strings.NewReplacer("_", " ", ".", ", ").Replace(x.Name)+": "+x.Value)
	}
	if may(v, house.ActAdopt) {
		often, err := d.app.OftenBeyond(ctx)
		if err != nil {
			return view.Library{}, err
		}
		made, err := d.app.ExceptionsMade(ctx)
		if err != nil {
			return view.Library{}, err
		}
		for _, x := range made {
			out.Exceptions = append(out.Exceptions, present.ExceptionMade(x, names, d.app.Zone))
		}
		for _, x := range often {
			out.Often = append(out.Often, fmt.Sprintf("%s: %s, with a reason in %d of %d orders.", x.Protocol, x.Rule, x.Times, x.Orders))
		}
	}
	if d.app.Demo {
		out.Demo = "Demonstration library, not reviewed by a clinician: for trying Stillwatch only."
	}
	return out, nil
}

// PatientTexts is what patients read, do and are asked, with sources and marks. It says
// nothing of any patient.
func (d desk) PatientTexts(context.Context) view.PatientTexts {
	return present.PatientTexts(d.app.Education, d.app.Claims, d.app.Instructions, d.app.Intake)
}

// AdoptLibrary records the director's signature.
func (d desk) AdoptLibrary(ctx context.Context, v web.Visitor, id ident.Command, hash string) error {
	return d.ofHouse(ctx, v, id, house.AdoptLibrary{Hash: hash, Values: d.app.Knows().Library.Values}, nil)
}

// LibraryValues is the page on which the director sets the clinic's own values. What was
// typed is held against the bounds and the rows against each other; nothing is in force
// before it is signed. Typed is nil where nothing was.
func (d desk) LibraryValues(ctx context.Context, v web.Visitor, typed url.Values) (view.LibraryValues, error) {
	if err := need(v, house.ActAdopt); err != nil {
		return view.LibraryValues{}, err
	}
	s, err := d.app.House(ctx)
	if err != nil {
		return view.LibraryValues{}, err
	}
	now, shipped := d.app.Knows(), d.app.Shipped.Settable
	signed := now.Library.Values
	if out := d.app.Unfit(); out != "" && s.Library != nil { // they are to be mended, not lost
		signed = s.Library.Values
	}
	says := present.ValuesInForce(signed)
	if typed != nil {
		says = typed.Get
	}
	out := view.LibraryValues{Unfit: d.app.Unfit(), Files: present.LibraryValues(shipped, d.app.Shipped.Rows, says)}
	if typed == nil {
		return out, nil
	}
	k, fault := d.app.WithValues(present.ValuesTyped(shipped, typed.Get))
	if fault == nil {
		return out, d.looksAt(ctx, v, s, k, &out)
	}
	out.Trouble = "These values cannot be adopted: " + fault.Error()
	return out, nil
}

// looksAt fills in what a library with typed values changes, and what it asks for.
func (d desk) looksAt(ctx context.Context, v web.Visitor, s house.State, k *app.Knowledge, out *view.LibraryValues) error {
	now := d.app.Knows()
	out.Hash = k.Library.Hash
	out.Changes = present.ValueChanges(s.Library, s.Kept, now.Rows, k.Rows)
	out.Looked, out.Signs = true, s.Library == nil || s.Library.Hash != k.Library.Hash
	for _, r := range k.Library.Rows {
		if id, ok := strings.CutPrefix(r.Name, "protocols/"); ok && !s.SignedBySecond(r, v.Actor.Person) {
			out.Second = append(out.Second, id)
		}
	}
	on, err := d.app.AlarmsOn(ctx)
	out.Alarms = on && d.app.AlarmSettings().Hash != k.AlarmRules.Hash()
	return err
}

// AdoptValues records the director's signature under the library with these values.
func (d desk) AdoptValues(ctx context.Context, v web.Visitor, id ident.Command, hash string, typed url.Values) error {
	return d.ofHouse(ctx, v, id, house.AdoptLibrary{Hash: hash, Values: present.ValuesTyped(d.app.Shipped.Settable, typed.Get)}, nil)
}

// SignProtocol records a second person's signature under one protocol.
func (d desk) SignProtocol(ctx context.Context, v web.Visitor, id ident.Command, hash string) error {
	return d.ofHouse(ctx, v, id, house.SignProtocol{Hash: hash}, nil)
}
