#!/usr/bin/env bash
# Sees to it that the store tests find PostgreSQL's programs (initdb, postgres),
# installing Debian's when there are none and that is possible. Without them it
# says how to get them; the tests then report themselves as not run.
set -euo pipefail

have() {
	command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

have && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo "no PostgreSQL found: installing Debian's" >&2
	export DEBIAN_FRONTEND=noninteractive
	if apt-get update -qq >&2 && apt-get install -y -qq --no-install-recommends postgresql >&2; then
		have && exit 0
	fi
fi
cat >&2 <<'EOT'
No PostgreSQL found, so the store tests run on SQLite only; those on PostgreSQL
are NOT RUN. To run them: apt-get install postgresql, and run make test again.
EOT
