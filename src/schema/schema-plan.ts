import type {Path} from '../json/path.js';

/** A JSON Schema (draft 7) as plain data. */
export type JsonSchema = {readonly [key: string]: unknown};

/** How the types of a stream are known (config-language §13). */
export interface SchemaPlan {
  /** `schema`: a complete declaration; no request is needed. */
  readonly declared?: JsonSchema;
  /** `columns`: schemas of top-level fields; they win over what is inferred. */
  readonly columns: Readonly<Record<string, JsonSchema>>;
  /** `schema: "schemaless"`: the whole record in one object column `data`. */
  readonly schemaless: boolean;
  readonly samplePages: number;
  readonly sampleRecords: number;
  /** The key comes from resource_defaults: not published when no sampled record has it. */
  readonly keyIsDefault: boolean;
  readonly key: readonly Path[];
  readonly cursor?: Path;
  /** `parent_incremental`: without a cursor of its own it still reads only what changed. */
  readonly changedParents?: boolean;
}
