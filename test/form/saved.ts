import {branchOf, isObject, type Node} from './specification.js';

/**
 * A configuration as the platform's form saves it (airbyte-webapp, ConnectorForm): keys that the schema or the chosen branch does not
 * declare are gone, texts are trimmed, empty texts removed, and with `emptied` objects and lists that have become empty too. What has
 * no type is left alone.
 */
export function saved(node: Node, value: unknown, emptied: boolean): unknown {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value.trim();
  const declared = node.oneOf === undefined ? node : branchOf(node, value);
  if (declared?.type === undefined) return value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => saved(node.items ?? {}, item, emptied));
    return emptied && items.length === 0 ? undefined : items;
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(declared.properties ?? {}).flatMap(([name, member]) => {
    const kept = value[name] === undefined ? undefined : saved(member, value[name], emptied);
    return kept === undefined ? [] : [[name, kept] as const];
  });
  return emptied && entries.length === 0 ? undefined : Object.fromEntries(entries);
}
