package crew_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/stillwatch/stillwatch/internal/crew"
)

func TestWork_DoesEachPartOnce(t *testing.T) {
	t.Parallel()
	for _, workers := range []int{0, 1, 3, 50} {
		w := crew.Work(t.Context(), workers)
		var done [20]atomic.Int32
		var busy [50]atomic.Int32
		err := w.Run(len(done), func(worker, part int) error {
			if worker >= w.Workers || busy[worker].Add(1) != 1 {
				t.Errorf("worker %d of %d does two parts at once, or is not there", worker, w.Workers)
			}
			done[part].Add(1)
			busy[worker].Add(-1)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range done {
			if n := done[i].Load(); n != 1 {
				t.Errorf("%d workers: part %d was done %d times", workers, i, n)
			}
		}
	}
}

func TestWork_EndsWithAnErrorOrTheContext(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	ctx, stop := context.WithCancel(t.Context())
	w := crew.Work(ctx, 2)
	if err := w.Run(9, func(_, part int) error {
		if part == 4 {
			return broken
		}
		return nil
	}); !errors.Is(err, broken) {
		t.Error(err)
	}
	n := 0
	if err := crew.Work(ctx, 1).Run(9, func(int, int) error {
		n++
		stop()
		return nil
	}); !errors.Is(err, context.Canceled) || n != 1 {
		t.Errorf("%v after %d parts", err, n)
	}
}
