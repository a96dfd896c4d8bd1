/** Python that reads the script's parameters and describes the benchmark's API to Airbyte's low-code CDK, as `manifest`. */
export const manifest = `
import sys
url, page, records, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
types = {"id": "integer", "updated_at": "string", "name": "string", "active": "boolean", "amount": "number", "address": "object", "tags": "array", "note": "string"}
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
        "schema_loader": {"type": "InlineSchemaLoader", "schema": {"type": "object", "properties": {name: {"type": type} for name, type in types.items()}}},
    }],
    "spec": {"type": "Spec", "connection_specification": {"type": "object", "properties": {}}},
}
`;
