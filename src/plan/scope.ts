import type {Json, JsonObject} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import type {CursorPlan} from '../stream/cursor-plan.js';
import type {Format} from '../stream/formats.js';
import type {Slice} from '../stream/stream-plan.js';

/** What a template is rendered from. */
export interface RenderInput {
  readonly slice: Slice;
  /** The token response, where a template needs {auth.*}. */
  readonly auth?: JsonObject;
}

/** A placeholder's value; undefined: there is none (no start yet, null in the parent row). */
export type Resolver = (input: RenderInput) => Json | undefined;

/** What the placeholders of one resource can mean. Problems are reported, never thrown: all are shown at once. */
export interface Scope {
  readonly resource: string;
  readonly variables: Readonly<Record<string, Json>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Resolvers of dlt's bare {name}: static and resolve params. Asking marks the param as used in the path. */
  bare(name: string): Resolver | undefined;
  /** Index in ParentPlan.fields; reports an unknown parent or a second one. */
  parentField(parent: string, path: string, place: readonly Segment[]): number | undefined;
  readonly cursor: CursorPlan | undefined;
  /** Formats that the start or end is sent in, as they are found. */
  readonly sent: Format[];
  /** `client` templates (headers, base_url, auth) know only vars, secrets and auth. */
  readonly allowed: ReadonlySet<string>;
  /** The result of `work`, or undefined where it throws what a user can cause, which is reported at `place`. */
  attempt<T>(place: readonly Segment[], work: () => T): T | undefined;
  error(place: readonly Segment[], message: string): void;
  warn(place: readonly Segment[], message: string): void;
}
