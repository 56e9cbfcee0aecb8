package server

import (
	"context"
	"fmt"

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
	out := present.Library(d.library, s.Library, s.Kept)
	out.Hash = d.app.Library.Hash
	out.May = may(v, house.ActAdopt) && !on
	if on {
		out.Adopted = "Adopted " + word.Moment(s.Library.At.In(d.app.Zone)) + " by " + d.app.Names(ctx)[s.Library.By]
	}
	out.MaySign = may(v, house.ActSignProto) && on && s.Library.By != v.Actor.Person
	names := d.app.Names(ctx)
	for _, r := range d.library {
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
	if may(v, house.ActAdopt) {
		often, err := d.app.OftenBeyond(ctx)
		if err != nil {
			return view.Library{}, err
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

// AdoptLibrary records the director's signature.
func (d desk) AdoptLibrary(ctx context.Context, v web.Visitor, id ident.Command, hash string) error {
	return d.ofHouse(ctx, v, id, house.AdoptLibrary{Hash: hash}, nil)
}

// SignProtocol records a second person's signature under one protocol.
func (d desk) SignProtocol(ctx context.Context, v web.Visitor, id ident.Command, hash string) error {
	return d.ofHouse(ctx, v, id, house.SignProtocol{Hash: hash}, nil)
}
