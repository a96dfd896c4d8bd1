import type {Config, ResourceConfig} from '../config/config.js';
import {didYouMean} from '../did-you-mean.js';
import {order} from './order.js';
import {parentReferences} from './references.js';
import type {Report} from './report.js';

/** What a child uses of its one parent. */
export interface ParentLink {
  readonly parent: string;
  /** Distinct JSONPaths within the parent's rows, as written. */
  readonly bound: readonly string[];
  /** Literal top-level names. */
  readonly included: readonly string[];
}

export interface Family {
  /** Every resource, parents first. */
  readonly order: readonly ResourceConfig[];
  readonly links: ReadonlyMap<string, ParentLink>;
}

/** Parents of all resources; reports unknown ones, more than one for a child, and cycles. */
export function family(config: Config, report: Report): Family {
  const names = config.resources.map(({name}) => name);
  const links = new Map<string, ParentLink>();
  for (const resource of config.resources) {
    const link = linkOf(resource, names, report);
    if (link !== undefined) links.set(resource.name, link);
  }
  const ordered = order(names, (name) => links.get(name)?.parent);
  if ('cycle' in ordered) {
    const first = config.resources.find(({name}) => name === ordered.cycle[0]);
    report.error(first?.place ?? ['resources'], `is its own parent: ${ordered.cycle.join(' → ')}`);
    return {order: [], links};
  }
  const byName = new Map(config.resources.map((resource) => [resource.name, resource]));
  return {order: ordered.order.flatMap((name) => byName.get(name) ?? []), links};
}

function linkOf(resource: ResourceConfig, names: readonly string[], report: Report): ParentLink | undefined {
  const references =
    resource.endpoint === undefined ? [] : parentReferences(resource.endpoint, [...resource.place, 'endpoint']);
  const [first] = references;
  if (first === undefined) {
    if (resource.include_from_parent.length > 0) {
      report.error(
        [...resource.place, 'include_from_parent'],
        'needs a parent: use one of its fields as {resources.<parent>.<field>}',
      );
    }
    for (const key of resource.need_parent) {
      report.warn(
        [...resource.place, key],
        'says nothing without a parent: use one of its fields as {resources.<parent>.<field>}',
      );
    }
    return undefined;
  }
  for (const {parent, place} of references) {
    if (!names.includes(parent)) {
      report.error(
        place,
        `{resources.${parent}.…}: no resource "${parent}"${didYouMean(parent, names)}; there are ${names.join(', ')}`,
      );
      return undefined;
    }
    if (parent !== first.parent) {
      report.error(
        place,
        `has two parents, ${first.parent} and ${parent}: a resource can have one; read the second field through the first parent (include_from_parent)`,
      );
      return undefined;
    }
  }
  for (const {parent, path, place} of references) {
    if (!/\*|\.\./.test(path.replace(/'[^']*'|"[^"]*"/g, ''))) continue;
    report.warn(
      place,
      `${path} can have several values in one row of ${parent}, and only the first is used: a yield_map step of ${parent} makes a row of each`,
    );
  }
  return {
    parent: first.parent,
    bound: [...new Set(references.map(({path}) => path))],
    included: [...new Set(resource.include_from_parent)],
  };
}
