import {pythonPeer} from './python.js';

/** Airbyte's own low-code source over the same API. */
export const airbyteCdk = pythonPeer({
  name: 'airbyte-cdk 7.39, manifest',
  packages: ['airbyte-cdk==7.39.1'],
  script: `
import sys
url, page, records, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
manifest = {
    "version": "7.0.0", "type": "DeclarativeSource",
    "check": {"type": "CheckStream", "stream_names": ["records"]},
    "streams": [{
        "type": "DeclarativeStream", "name": "records", "primary_key": ["id"],
        "retriever": {
            "type": "SimpleRetriever",
            "requester": {"type": "HttpRequester", "url_base": url, "path": "/records", "http_method": "GET"},
            "record_selector": {"type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": ["data"]}},
            "paginator": {
                "type": "DefaultPaginator",
                "page_token_option": {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "offset"},
                "page_size_option": {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "limit"},
                "pagination_strategy": {"type": "OffsetIncrement", "page_size": page},
            },
        },
        "schema_loader": {"type": "InlineSchemaLoader", "schema": {"type": "object", "properties": {"id": {"type": "integer"}}}},
    }],
    "spec": {"type": "Spec", "connection_specification": {"type": "object", "properties": {}}},
}
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
