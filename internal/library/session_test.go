package library_test

import (
	"testing"

	"github.com/stillwatch/stillwatch/internal/library"
	shipped "github.com/stillwatch/stillwatch/library"
)

func TestDecodeSession_Shipped(t *testing.T) {
	t.Parallel()
	s, err := library.DecodeSession(shipped.SessionYAML())
	if err != nil {
		t.Fatal(err)
	}
	if !s.Ready() {
		t.Fatal("not ready")
	}
}
