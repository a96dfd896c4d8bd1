import {manifest} from './manifest.js';
import {pythonPeer} from './python.js';

/** Airbyte's own low-code source over the same API. */
export const airbyteCdk = pythonPeer({
  name: 'airbyte-cdk 7.39, manifest',
  packages: ['airbyte-cdk==7.39.1'],
  script: `${manifest}
def write(name, value):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        json.dump(value, file)
    return path
config = write("config.json", {"__injected_declarative_manifest": manifest})
stream = {"name": "records", "json_schema": {}, "supported_sync_modes": ["full_refresh"]}
catalog = write("catalog.json", {"streams": [{"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "append"}]})
from airbyte_cdk.cli.source_declarative_manifest import run
sys.argv = ["source-declarative-manifest", "read", "--config", config, "--catalog", catalog]
run()
`,
});
