import {json} from '../body/json.js';
import type {Selection} from '../body/page.js';
import type {Config, EndpointConfig, PaginatorConfig, ResourceConfig} from '../config/config.js';
import {placeOf} from '../config/problem.js';
import {configError} from '../errors.js';
import {compilePath, type Path, pathOf, type Segment} from '../json/path.js';
import type {Notes} from '../log.js';
import type {Paginator, PaginatorContext} from '../pagination/paginator.js';
import {paginators} from '../pagination/table.js';
import {columnSchema} from '../schema/columns.js';
import type {JsonSchema, SchemaPlan} from '../schema/schema-plan.js';
import {compileExpression} from '../steps/cel.js';
import type {Step, StepContext} from '../steps/step.js';
import {stepKinds} from '../steps/table.js';
import {isOneEntity} from './one-entity.js';
import {textOf} from './render.js';
import type {Report} from './report.js';
import {parseTemplate, placeholders} from './template.js';

/** The paginator in force: endpoint > resource_defaults > one-entity rule > client > auto (config-language §5). */
export function choosePaginator(endpoint: EndpointConfig, config: Config, place: readonly Segment[]): PaginatorConfig {
  const type = isOneEntity(endpoint) ? 'single_page' : undefined;
  if (endpoint.paginator !== undefined) return endpoint.paginator;
  if (type === undefined && config.client.paginator !== undefined) return config.client.paginator;
  return {type: type ?? 'auto', options: {type: type ?? 'auto'}, place: [...place, 'paginator']};
}

export function compilePaginator(
  chosen: PaginatorConfig,
  resource: ResourceConfig,
  endpoint: EndpointConfig,
  records: Path | undefined,
  config: Config,
  report: Report,
): Paginator | undefined {
  const kind = paginators.find(({type}) => type === chosen.type);
  if (kind === undefined) throw configError(`no paginator "${chosen.type}"`);
  const {incremental} = endpoint;
  const context: PaginatorContext = {
    resource: resource.name,
    place: placeOf(chosen.place),
    expression: (source, place) =>
      compileExpression(source, ['response', 'headers', 'record_count', 'first', 'last'], place),
    maxPages: config.client.max_pages,
    unordered: incremental !== undefined && incremental.row_order !== 'asc',
    baseUrl: config.client.base_url,
    params: staticParams(endpoint),
    records,
    body:
      endpoint.json !== undefined
        ? 'json'
        : endpoint.data === undefined
          ? 'none'
          : typeof endpoint.data === 'string'
            ? 'text'
            : 'form',
  };
  return report.attempt(chosen.place, () => kind.create(chosen.options, context));
}

function staticParams(endpoint: EndpointConfig): Record<string, string> {
  const entries = Object.entries(endpoint.params).flatMap(([name, value]) =>
    value === null || Array.isArray(value) || typeof value === 'object' ? [] : [[name, textOf(value)] as const],
  );
  return Object.fromEntries(entries);
}

/** What is known of the rows before any page: written selector, names to look for, the key (config-language §6). */
export function compileSelection(
  resource: ResourceConfig,
  endpoint: EndpointConfig,
  key: readonly Path[],
  strict: boolean,
  report: Report,
): Selection {
  const {data_selector: written} = endpoint;
  const entity = written === undefined && isOneEntity(endpoint);
  const place = [...resource.place, 'endpoint', 'data_selector'];
  const path = written === undefined ? undefined : report.attempt(place, () => compilePath(written));
  const format = endpoint.response?.format ?? json.name;
  if (format !== json.name && path !== undefined && path.segments?.length !== 0)
    report.error(place, `cannot apply: the rows of ${format} are the records. Remove it, or write "$"`);
  return {
    path,
    required: endpoint.data_selector_required,
    keyAs: endpoint.data_selector_key_as,
    names: [...new Set([resource.name, lastLiteral(endpoint.path)].filter((name) => name !== ''))],
    key,
    entity,
    strict,
  };
}

/** The last segment of the path that holds no placeholder. */
function lastLiteral(path: string): string {
  const segments = (path.split('?', 1)[0] ?? '').split('/').filter((segment) => segment !== '');
  const literal = segments.filter((segment) => placeholders(parseTemplate(segment, 'path')).length === 0);
  return literal.at(-1)?.replace(/\.\w+$/, '') ?? '';
}

export function compileSteps(resource: ResourceConfig, notes: Notes, report: Report): readonly Step[] {
  return resource.processing_steps.flatMap((step) => {
    const kind = stepKinds.find(({name}) => name === step.name);
    if (kind === undefined) throw configError(`no step "${step.name}"`);
    const context: StepContext = {
      resource: resource.name,
      place: placeOf(step.place),
      atEnd: (source) => notes.atEnd(source),
    };
    return report.attempt(step.place, () => kind.create(step.options, context)) ?? [];
  });
}

export function compileSchema(
  resource: ResourceConfig,
  config: Config,
  key: readonly Path[],
  cursor: Path | undefined,
  isChild: boolean,
): SchemaPlan {
  const columns: Record<string, JsonSchema> = Object.fromEntries(
    Object.entries(resource.columns).map(([name, hint]) => [name, columnSchema(hint) ?? {}]),
  );
  return {
    ...(resource.schema === undefined || resource.schema === 'schemaless' ? {} : {declared: resource.schema}),
    columns,
    schemaless: resource.schema === 'schemaless',
    samplePages: config.discover.sample_pages,
    sampleRecords: config.discover.sample_records,
    keyIsDefault: resource.key_is_default,
    key,
    ...(cursor === undefined ? {} : {cursor}),
    ...(resource.parent_incremental && isChild ? {changedParents: true} : {}),
  };
}

export const keyPaths = (resource: ResourceConfig): readonly Path[] =>
  resource.primary_key.map((segments) => pathOf(segments));
