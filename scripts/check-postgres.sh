#!/usr/bin/env bash
# Runs the tests of the PostgreSQL destination against servers of their own, in temporary folders. Installs Debian's package where a
# server's programs are missing and this is root.
set -euo pipefail
cd "$(dirname "$0")/.."

has_programs() { command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
if ! has_programs; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "postgres: a server's programs are needed: apt-get install postgresql" >&2
    exit 1
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null
fi

npm run --silent build
TEST_POSTGRES=1 exec npx vitest run test/postgres
