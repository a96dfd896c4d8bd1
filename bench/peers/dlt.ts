import {pythonPeer} from './python.js';

const source = `
import sys
url, page, records, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
import dlt
from dlt.sources.rest_api import rest_api_source
source = rest_api_source({
    "client": {"base_url": url},
    "resources": [{
        "name": "records", "primary_key": "id", "write_disposition": "merge",
        "endpoint": {"path": "records", "data_selector": "data",
                     "paginator": {"type": "offset", "limit": page, "total_path": None, "stop_after_empty_page": True}},
    }],
})
pipeline = dlt.pipeline("bench", destination="duckdb", pipelines_dir=os.path.join(folder, f"pipelines-{os.getpid()}"))
`;

/** dlt's rest_api source: the pages read and written to its extract files, no destination. */
export const dltExtract = pythonPeer({
  name: 'dlt 1.31, extract only',
  packages: ['dlt[duckdb]==1.31.0'],
  script: `${source}
info = pipeline.extract(source)
got = sum(metrics["resource_metrics"]["records"].items_count for load in info.metrics.values() for metrics in load if "records" in metrics["resource_metrics"])
pipeline.drop()
assert got == records, f"{got} of {records} records"
`,
});

/** dlt's rest_api source into DuckDB, merged by the primary key. */
export const dltMerge = pythonPeer({
  name: 'dlt 1.31 into DuckDB, merge',
  packages: ['dlt[duckdb]==1.31.0'],
  script: `${source}
import duckdb
file = os.path.join(folder, f"bench-{os.getpid()}.duckdb")
pipeline.destination = dlt.destinations.duckdb(file)
pipeline.run(source)
with duckdb.connect(file) as database:
    [(got,)] = database.execute(f"select count(*) from {pipeline.dataset_name}.records").fetchall()
pipeline.drop()
os.remove(file)
assert got == records, f"{got} of {records} records"
`,
});
