package server

import (
	"context"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/web"
)

// RecordPDF is replaced by the report.
func (s visits) RecordPDF(context.Context, web.Visitor, ident.Session) ([]byte, error) {
	return nil, &web.Trouble{Status: 503, What: "not yet", Do: ""}
}
