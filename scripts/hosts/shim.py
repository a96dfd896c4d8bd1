"""The built CLI as a source of the CDK: each method starts it and gives on what it prints. For the tests of Python sources."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

from airbyte_cdk.models import AirbyteMessageSerializer, Type
from airbyte_cdk.models.airbyte_protocol_serializers import ConfiguredAirbyteCatalogSerializer
from airbyte_cdk.sources.source import Source


class SourceRestApi(Source):
    def _run(self, verb, **files):
        with tempfile.TemporaryDirectory() as folder:
            command = ["node", os.environ["SOURCE_REST_API"], verb]
            for name, value in files.items():
                path = Path(folder) / f"{name}.json"
                path.write_text(json.dumps(value))
                command += [f"--{name}", str(path)]
            ended = subprocess.run(command, capture_output=True, text=True, check=False)
            assert ended.stderr == "", ended.stderr
            messages = [AirbyteMessageSerializer.load(json.loads(line)) for line in ended.stdout.splitlines()]
            failed = [m for m in messages if m.type == Type.TRACE and m.trace.error is not None]
            assert (ended.returncode != 0) == (len(failed) > 0), f"exit code {ended.returncode}, {failed}"
            yield from messages

    def _answer(self, kind, verb, **files):
        (found,) = [message for message in self._run(verb, **files) if message.type == kind]
        return found

    def spec(self, logger):
        return self._answer(Type.SPEC, "spec").spec

    def check(self, logger, config):
        return self._answer(Type.CONNECTION_STATUS, "check", config=config).connectionStatus

    def discover(self, logger, config):
        return self._answer(Type.CATALOG, "discover", config=config).catalog

    def read(self, logger, config, catalog, state=None):
        yield from self._run("read", config=config, catalog=ConfiguredAirbyteCatalogSerializer.dump(catalog), state=[])
