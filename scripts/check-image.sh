#!/usr/bin/env bash
# Builds the image and runs the four commands in it, as the platform does: as its own user, in a foreign working directory, with
# nothing writable but /tmp. Usage: check-image.sh FOLDER, where FOLDER holds `build` and `run` (buildah instead of an engine).
set -euo pipefail
cd "$(dirname "$0")/.."
engine=$1
data=$(mktemp -d)
chmod 755 "$data"
trap 'kill "${api:-0}" 2>/dev/null || true; rm -rf "$data"' EXIT
fail() {
  echo "image: $*" >&2
  exit 1
}

"$engine/build" . >"$data/build.log" 2>&1 || { tail -50 "$data/build.log"; fail 'the build failed'; }

node --import tsx scripts/demo.ts --serve >"$data/api.log" &
api=$!
for _ in $(seq 100); do grep -q http "$data/api.log" && break; sleep 0.1; done
url=$(grep -o 'http://[0-9.:]*/v1' "$data/api.log" | head -1)
[ -n "$url" ] || fail 'the demo API did not start'
node -e '
  const [url, folder] = process.argv.slice(1);
  const config = {client: {base_url: url, auth: {type: "api_key", name: "api_key", api_key: "{secrets.api_key}", location: "query"}},
    secrets: {api_key: "demo-key-1234"}, resource_defaults: {primary_key: "customer_id"},
    resources: [{name: "customers", endpoint: {path: "customers", data_selector: "data", paginator: {type: "offset", limit: 100}}}]};
  require("node:fs").writeFileSync(`${folder}/config.json`, JSON.stringify(config));
' "$url" "$data"

run() { DATA="$data" "$engine/run" "$@" 2>>"$data/stderr.log"; }
run spec | grep -q '"type":"SPEC"' || fail 'spec'
run check --config /data/config.json | grep -q '"status":"SUCCEEDED"' || fail 'check'
run discover --config /data/config.json >"$data/discover.jsonl" || fail 'discover'
node -e '
  const {readFileSync, writeFileSync} = require("node:fs");
  const [folder] = process.argv.slice(1);
  const line = readFileSync(`${folder}/discover.jsonl`, "utf8").split("\n").find((text) => text.includes("\"CATALOG\""));
  const streams = JSON.parse(line).catalog.streams.map((stream) => ({stream, sync_mode: "full_refresh", destination_sync_mode: "overwrite"}));
  writeFileSync(`${folder}/catalog.json`, JSON.stringify({streams}));
' "$data"
run read --config /data/config.json --catalog /data/catalog.json >"$data/read.jsonl" || fail 'read'
records=$(grep -c '"type":"RECORD"' "$data/read.jsonl")
[ "$records" -gt 1000 ] || fail "read gave $records records"
grep -q '"status":"COMPLETE"' "$data/read.jsonl" || fail 'the stream is not COMPLETE'
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
container=$(buildah from localhost/source-rest-api:dev)
[ "$(buildah run "$container" -- id -u)" = 1000 ] || fail 'it does not run as uid 1000'
version=$(sed -n 's/^  dockerImageTag: //p' metadata.yaml)
[ "$(buildah inspect --format '{{index .OCIv1.Config.Labels "io.airbyte.version"}}' "$container")" = "$version" ] ||
  fail "the label io.airbyte.version is not $version"
# With a root that cannot be written to, as orchestrators may run it.
root=$(buildah mount "$container")
unshare -m sh -c 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" &&
  chroot --userspec=1000:1000 "$1" /usr/local/bin/node /airbyte/integration_code/dist/main.js spec' sh "$root" |
  grep -q '"type":"SPEC"' || fail 'spec with a read-only root'
ls "$root"/airbyte/integration_code/dist/program/{spec,read,sync}-*.code >"$data/code.log" 2>&1 ||
  fail 'the build kept no compiled code'
# The platform starts it for every form that is opened: the best of five starts, each without a compile cache, in ms.
fastest=$(for _ in 1 2 3 4 5; do
  begun=$(date +%s%N)
  chroot --userspec=1000:1000 "$root" /usr/bin/env NODE_NO_WARNINGS=1 NODE_DISABLE_COMPILE_CACHE=1 \
    /usr/local/bin/node /airbyte/integration_code/dist/main.js spec >/dev/null
  echo $((($(date +%s%N) - begun) / 1000000))
done | sort -n | head -1)
[ "$fastest" -lt 150 ] || fail "spec takes $fastest ms to start"
buildah umount "$container" >/dev/null
buildah rm "$container" >/dev/null

echo "image: spec, check, discover and read work inside ($records records); spec in $fastest ms"
