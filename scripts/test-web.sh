#!/usr/bin/env bash
# Runs the tests under web/: those of the islands, and those in a real browser
# when one can be had. CI without a browser is a failure, not a pass.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ ! -e web/package.json ]; then
	echo "web: no tests"
	exit 0
fi

STILLWATCH_CHROMIUM=$(scripts/ensure-browser.sh)
if [ -z "$STILLWATCH_CHROMIUM" ] && [ -n "${CI:-}" ]; then
	echo "web: CI must have a browser" >&2
	exit 1
fi
export STILLWATCH_CHROMIUM
export STILLWATCH_BIN=$PWD/bin/stillwatch
npm --prefix web run --if-present test
if [ -z "$STILLWATCH_CHROMIUM" ]; then
	echo "web: browser tests NOT RUN"
else
	npm --prefix web run test:browser
fi
