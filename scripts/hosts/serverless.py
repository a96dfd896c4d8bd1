"""One run of airbyte_serverless; the last line says as JSON what came of it. The argument is a JSON file: see serverless.ts."""

import json
import sys
from collections import Counter
from pathlib import Path

from airbyte_serverless.sources import Source

job = json.loads(Path(sys.argv[1]).read_text())
source = Source(executable=job["executable"], config=job["config"], streams=job["streams"])
told = {
    "example": source.yaml_config_example,
    "status": source.connection_status,
    "streams": source.available_streams,
}
try:
    messages = list(source.extract(state=job.get("state")))
    told["records"] = Counter(message["record"]["stream"] for message in messages if message["type"] == "RECORD")
    told["states"] = [message["state"] for message in messages if message["type"] == "STATE"]
except Exception as error:  # noqa: BLE001 - how it fails is what is asked.
    told["error"] = f"{type(error).__name__}: {error}"
print("\n" + json.dumps(told))
