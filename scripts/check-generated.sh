#!/usr/bin/env bash
# Generates again what go:generate makes and fails when that changes a file.
set -euo pipefail
cd "$(dirname "$0")/.."

state() {
	git status --porcelain
	git diff
}

before=$(state)
go generate ./...
after=$(state)
if [ "$before" != "$after" ]; then
	echo "generated files are not up to date: run go generate ./... and commit" >&2
	diff <(echo "$before") <(echo "$after") >&2 || true
	exit 1
fi
