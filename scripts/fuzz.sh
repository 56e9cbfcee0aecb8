#!/usr/bin/env bash
# Runs every fuzz target of the tree, one after another, for the time given.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-20s}

git grep -lE '^func Fuzz[A-Z]' -- '*_test.go' | xargs -r -n1 dirname | sort -u | while read -r dir; do
	sed -nE 's/^func (Fuzz[A-Za-z0-9_]+)\(.*/\1/p' "$dir"/*_test.go | while read -r target; do
		echo "== $dir $target ($time)"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "./$dir" </dev/null
	done
done
