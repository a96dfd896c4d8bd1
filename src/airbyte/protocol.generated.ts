/* Generated from protocol.schema.json by `npm run generate`. Do not edit. */

/**
 * The messages of the Airbyte protocol that this source emits, and the files it reads.
 */
export type AirbyteMessage =
  | RecordMessage
  | StateMessage
  | LogMessage
  | TraceMessage
  | ControlMessage
  | SpecMessage
  | ConnectionStatusMessage
  | CatalogMessage;
export type SyncMode = 'full_refresh' | 'incremental';

export interface RecordMessage {
  type: 'RECORD';
  record: {
    stream: string;
    namespace?: string;
    data: {};
    /**
     * Epoch milliseconds.
     */
    emitted_at: number;
    meta?: {
      changes: RecordChange[];
    };
  };
}
/**
 * A top-level field of the record that is not as the API sent it.
 */
export interface RecordChange {
  field: string;
  change: 'NULLED' | 'TRUNCATED';
  reason: 'SOURCE_RECORD_SIZE_LIMITATION' | 'SOURCE_SERIALIZATION_ERROR';
}
export interface StateMessage {
  type: 'STATE';
  state: {
    type: 'STREAM';
    stream: {
      stream_descriptor: StreamDescriptor;
      stream_state: {};
    };
    sourceStats: {
      recordCount: number;
    };
  };
}
export interface StreamDescriptor {
  name: string;
  namespace?: string;
}
export interface LogMessage {
  type: 'LOG';
  log: {
    level: 'FATAL' | 'ERROR' | 'WARN' | 'INFO' | 'DEBUG' | 'TRACE';
    message: string;
    stack_trace?: string;
  };
}
export interface TraceMessage {
  type: 'TRACE';
  trace: ErrorTrace | StreamStatusTrace | AnalyticsTrace;
}
export interface ErrorTrace {
  type: 'ERROR';
  /**
   * Epoch milliseconds.
   */
  emitted_at: number;
  error: {
    message: string;
    internal_message?: string;
    stack_trace?: string;
    failure_type: 'system_error' | 'config_error' | 'transient_error';
    stream_descriptor?: StreamDescriptor;
  };
}
export interface StreamStatusTrace {
  type: 'STREAM_STATUS';
  /**
   * Epoch milliseconds.
   */
  emitted_at: number;
  stream_status: {
    stream_descriptor: StreamDescriptor;
    status: 'STARTED' | 'RUNNING' | 'COMPLETE' | 'INCOMPLETE';
    /**
     * @minItems 1
     * @maxItems 1
     */
    reasons?: [RateLimited];
  };
}
export interface RateLimited {
  type: 'RATE_LIMITED';
  rate_limited: {
    /**
     * Epoch milliseconds.
     */
    quota_reset: number;
  };
}
export interface AnalyticsTrace {
  type: 'ANALYTICS';
  /**
   * Epoch milliseconds.
   */
  emitted_at: number;
  analytics: {
    type: string;
    value: string;
  };
}
export interface ControlMessage {
  type: 'CONTROL';
  control: {
    type: 'CONNECTOR_CONFIG';
    /**
     * Epoch milliseconds.
     */
    emitted_at: number;
    connectorConfig: {
      config: {};
    };
  };
}
export interface SpecMessage {
  type: 'SPEC';
  spec: {
    connectionSpecification: {};
    documentationUrl?: string;
    changelogUrl?: string;
    supportsIncremental?: boolean;
    protocol_version?: string;
  };
}
export interface ConnectionStatusMessage {
  type: 'CONNECTION_STATUS';
  connectionStatus: {
    status: 'SUCCEEDED' | 'FAILED';
    message?: string;
  };
}
export interface CatalogMessage {
  type: 'CATALOG';
  catalog: {
    streams: AirbyteStream[];
  };
}
export interface AirbyteStream {
  name: string;
  json_schema: {};
  /**
   * @minItems 1
   */
  supported_sync_modes: [SyncMode, ...SyncMode[]];
  source_defined_cursor: boolean;
  default_cursor_field?: string[];
  source_defined_primary_key?: string[][];
  is_resumable: boolean;
}
