import {manifest} from './manifest.js';
import {pythonPeer} from './python.js';

/** PyAirbyte with Airbyte's low-code source, within its own process, into its DuckDB cache, merged by the primary key. */
export const pyairbyte = pythonPeer({
  name: 'PyAirbyte 0.71 into DuckDB, merge',
  packages: ['airbyte==0.71.3'],
  script: `${manifest}
os.environ.update(AIRBYTE_OFFLINE_MODE="1", DO_NOT_TRACK="1", AIRBYTE_LOGGING_ROOT=folder)
# It says much on the way.
sys.stderr = open(os.path.join(folder, "stderr.log"), "w")
import airbyte
file = os.path.join(folder, f"bench-{os.getpid()}.duckdb")
source = airbyte.get_source("source-bench", source_manifest=manifest, config={}, streams="*", install_if_missing=False)
cache = airbyte.caches.DuckDBCache(db_path=file, schema_name="main", cache_dir=folder)
got = source.read(cache=cache, write_strategy="merge", skip_validation=True).processed_records
os.remove(file)
assert got == records, f"{got} of {records} records"
`,
});
