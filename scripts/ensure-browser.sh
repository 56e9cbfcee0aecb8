#!/usr/bin/env bash
# Prints the path of a Chromium, installing Debian's when there is none and
# that is possible. Without one it says how to get it and prints nothing.
set -euo pipefail

find_browser() {
	local name
	for name in "${STILLWATCH_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
		if [ -n "$name" ] && command -v "$name" 2>/dev/null; then
			return 0
		fi
	done
	return 1
}

find_browser && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo "no Chromium found: installing Debian's" >&2
	export DEBIAN_FRONTEND=noninteractive
	if apt-get update -qq >&2 && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >&2; then
		find_browser && exit 0
	fi
fi
cat >&2 <<'EOT'
No Chromium found, so the browser tests are NOT RUN.
To run them: install Chromium (on Debian: apt-get install chromium), or set
STILLWATCH_CHROMIUM to the program's path, and run make test again.
EOT
