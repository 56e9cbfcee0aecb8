package server

import (
	"context"
	"net/http"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/web"
)

// RecordPDF says plainly that this build makes no PDF; the record's page prints.
func (s visits) RecordPDF(context.Context, web.Visitor, ident.Session) ([]byte, error) {
	return nil, &web.Trouble{Status: http.StatusNotImplemented, What: "This build makes no PDF yet.", Do: "Print the record's page instead."}
}
