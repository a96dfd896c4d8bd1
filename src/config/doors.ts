import type {Json, JsonObject} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import type {Document} from './document.js';
import {formFields, formPath, isDefault, toDocument} from './form-document.js';
import {openPasted} from './pasted-text.js';
import type {Problem} from './problem.js';
import {isJsonObject} from './schema/values.js';

type Door = 'document' | 'text' | 'form';

export const documentFields = ['client', 'resource_defaults', 'resources', 'variables', 'discover', 'shard'] as const;

/** The one document that a configuration stands for, whichever door it came through. */
export interface Entrance {
  readonly door: Door;
  /** dlt's shape, still with shorthands; without `secrets` and `config`. */
  readonly document: JsonObject;
  /** `secrets` as given: beside the text first, then within it. */
  readonly secrets: readonly Json[];
  /** Where parts of `document` stand: the inner text's document for the text door. */
  readonly located: Document;
  /** The place in what was received of a path in `document`. */
  received(path: readonly Segment[]): readonly Segment[];
}

const empty = 'is empty: give client and resources, or the form with base_url and streams, or the text config';

/** config-language §1, contract *spec.json and the web form*. `received` has been read without problems. */
export function enter(received: Document, problems: Problem[]): Entrance | undefined {
  const wrong = (path: readonly Segment[], message: string) => {
    problems.push({level: 'error', path, message});
    return undefined;
  };
  const outer = received.value;
  if (outer === null || outer === undefined) return wrong([], empty);
  if (!isJsonObject(outer)) return wrong([], 'must be an object with client and resources');
  const config = outer['config'];
  if (config !== undefined && config !== null && typeof config !== 'string') {
    return wrong(['config'], 'must be one text that holds the whole document; an object stands at the top level');
  }
  if (typeof config === 'string' && config.trim() !== '') return textDoor(config, outer, problems);
  const written = (key: string) => outer[key] !== undefined && outer[key] !== null;
  const ofDocument = documentFields.filter(written);
  const ofForm = formFields.filter((key) => !isDefault(key, outer[key] ?? null));
  if (ofDocument.length > 0 && ofForm.length > 0) {
    return wrong(
      [ofForm[0] ?? ''],
      `${list(ofForm)} belong${ofForm.length === 1 ? 's' : ''} to the form and ${list(ofDocument)} to the document: use one of the two; in a document ${list(ofForm.map((key) => `${key} is ${inDocument[key]}`))}`,
    );
  }
  if (
    ofDocument.length === 0 &&
    ofForm.length === 0 &&
    Object.keys(outer).every((key) => isUnused(key, outer[key] ?? null))
  ) {
    return wrong([], empty);
  }
  const wrapper = ofDocument.length > 0 ? undefined : Object.keys(outer).find((key) => isDocument(outer[key]));
  if (wrapper !== undefined) return wrong([wrapper], 'holds the document: write client and resources at the top level');
  return ofForm.length > 0 ? formDoor(outer, received, problems) : documentDoor(outer, received);
}

/** What a field of the form is called in a document. */
const inDocument: Readonly<Record<(typeof formFields)[number], string>> = {
  base_url: 'client.base_url',
  auth: 'client.auth',
  pagination: 'client.paginator',
  request_headers: 'client.headers',
  streams: 'resources',
};

const isDocument = (value: Json | undefined): boolean =>
  isJsonObject(value) && value['client'] !== undefined && value['resources'] !== undefined;

const list = (names: readonly string[]): string => names.join(', ');

function documentDoor(outer: JsonObject, located: Document): Entrance {
  const document = without(outer, ['secrets', 'config']);
  for (const key of formFields) if (isDefault(key, outer[key] ?? null)) delete document[key];
  return {door: 'document', document, secrets: [outer['secrets'] ?? null], located, received: (path) => path};
}

function textDoor(config: string, outer: JsonObject, problems: Problem[]): Entrance | undefined {
  const located = openPasted(config);
  if (located.problems.length > 0) {
    for (const problem of located.problems) {
      problems.push({...problem, path: ['config', ...problem.path]});
    }
    return undefined;
  }
  if (!isJsonObject(located.value)) {
    problems.push({
      level: 'error',
      path: ['config'],
      message: 'must hold an object with client and resources, as YAML or JSON',
    });
    return undefined;
  }
  const beside = Object.keys(outer).filter(
    (key) => key !== 'config' && key !== 'secrets' && !isUnused(key, outer[key] ?? null),
  );
  if (beside.length > 0) {
    problems.push({
      level: 'info',
      path: [],
      message: `config is the whole document: ${list(beside)} beside it ${beside.length === 1 ? 'is' : 'are'} not read`,
    });
  }
  return {
    door: 'text',
    document: without(located.value, ['secrets']),
    secrets: [outer['secrets'] ?? null, located.value['secrets'] ?? null],
    located: {
      ...located,
      locate: (path) => (path[0] === 'config' || path[0] === 'secrets' ? undefined : located.locate(path)),
    },
    received: (path) => ['config', ...path],
  };
}

function isUnused(key: string, value: Json): boolean {
  const field = formFields.find((name) => name === key);
  return value === null || key === 'secrets' || key === 'config' || (field !== undefined && isDefault(field, value));
}

function formDoor(outer: JsonObject, located: Document, problems: Problem[]): Entrance | undefined {
  const before = problems.length;
  const document = toDocument(without(outer, ['secrets', 'config', ...documentFields]), problems);
  if (document === undefined || problems.slice(before).some((problem) => problem.level === 'error')) return undefined;
  return {door: 'form', document, secrets: [outer['secrets'] ?? null], located, received: formPath};
}

function without(object: JsonObject, keys: readonly string[]): Record<string, Json> {
  const rest: Record<string, Json> = Object.create(null);
  for (const [key, value] of Object.entries(object)) if (!keys.includes(key)) rest[key] = value;
  return rest;
}

/** Problems of a document path, told at the place where the user wrote it: the field of the form, the line of the text within. */
export function relocate(problem: Problem, {door, located, received}: Entrance): Problem {
  if (door === 'form') return {...problem, path: received(problem.path)};
  const place = door === 'text' ? (problem.position ?? located.locate(problem.path)) : undefined;
  return place === undefined || problem.path.length === 0 ? problem : {...problem, position: place};
}
