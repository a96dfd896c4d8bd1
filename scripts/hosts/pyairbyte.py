"""One run of PyAirbyte; the last line says as JSON what came of it. The argument is a JSON file: see pyairbyte.ts."""

import json
import sys
from pathlib import Path

import airbyte as ab

job = json.loads(Path(sys.argv[1]).read_text())
told = {}


def attempt(name, work):
    try:
        told[name] = work()
    except Exception as error:  # noqa: BLE001 - how it fails is what is asked.
        told[name] = {"error": type(error).__name__}


executable = {"local_executable": Path(job["executable"])} if "executable" in job else {"docker_image": job["image"]}
source = ab.get_source(
    "source-rest-api",
    **executable,
    install_if_missing=False,
    config=job["config"],
    streams="*",
)
attempt("check", lambda: source.check())
attempt("streams", lambda: source.get_available_streams())
attempt(
    "catalog",
    lambda: {stream.name: list(stream.json_schema["properties"]) for stream in source.discovered_catalog.streams},
)
cache = ab.caches.DuckDBCache(db_path=job["cache"], schema_name="main")
full = job.get("full", False)
attempt("read", lambda: source.read(cache=cache, force_full_refresh=full).processed_records)
attempt("records", lambda: len(list(source.get_records(job["records"]))))

print("\n" + json.dumps(told, ensure_ascii=False))
