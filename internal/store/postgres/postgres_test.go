package postgres_test

import (
	"context"
	"database/sql"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stillwatch/stillwatch/internal/store/postgres"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
	"github.com/stillwatch/stillwatch/internal/store/storetest"
	"github.com/stillwatch/stillwatch/internal/testenv"
)

func TestConformance(t *testing.T) {
	server := testenv.StartPostgres(t)
	var n atomic.Int64
	t.Run("suite", func(t *testing.T) {
		storetest.Exercise(t, func(t *testing.T) storetest.Place {
			return place(t, server.URL, fmt.Sprint("test_", n.Add(1)))
		})
	})
}

func place(t *testing.T, url, schema string) storetest.Place {
	t.Helper()
	return storetest.Place{
		Dialect: postgres.Dialect(),
		Dir:     t.TempDir(),
		Open: func(ctx context.Context, o sqlstore.Options) (*sqlstore.Store, error) {
			return postgres.Open(ctx, postgres.Options{Options: o, URL: url, Schema: schema})
		},
		Read: func(ctx context.Context, o sqlstore.Options) (*sqlstore.Store, error) {
			return postgres.Open(ctx, postgres.Options{Options: o, URL: url, Schema: schema, ReadOnly: true})
		},
		Record:    func(t *testing.T) *sql.DB { return storetest.Under(t, "pgx", url+" search_path="+schema) },
		Telemetry: func(t *testing.T) *sql.DB { return storetest.Under(t, "pgx", url+" search_path="+schema+"_telemetry") },
	}
}
