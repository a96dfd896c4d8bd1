import type {JsonObject} from '../../json/exact.js';
import {withMembers, without} from './edit.js';
import {type Expression, parseJinja} from './jinja-expression.js';
import {dialect, type Notes} from './notes.js';
import {mapPaginators, type Path} from './places.js';

const places = ['cursor_value', 'cursor_path', 'stop_condition'] as const;
const replaced = [...places, 'cursor_param', 'cursor_body_path'];

/** The Link header as a cursor: `headers['link']['next']['url']`, `headers.link.next.url`, also in a stop_condition. */
export const headerLinks = dialect('header-links', (document, notes) =>
  mapPaginators(document, (paginator, path) => translate(paginator, path, notes)),
);

function translate(paginator: JsonObject, path: Path, notes: Notes): JsonObject {
  const links = places.flatMap((key) => {
    const value = paginator[key];
    const expression = typeof value === 'string' && /header/i.test(value) ? parseJinja(value) : undefined;
    return expression === undefined ? [] : linksIn(expression).map((relation) => ({key, relation}));
  });
  const [first] = links;
  if (first === undefined) return paginator;
  const relation = links.find((link) => link.relation !== undefined)?.relation ?? 'next';
  const members = {type: 'header_link', ...(relation === 'next' ? {} : {links_next_key: relation})};
  const canonical = relation === 'next' ? 'type: header_link' : `type: header_link, links_next_key: ${relation}`;
  notes.translated([...path, first.key], `the Link header as ${first.key}`, canonical);
  return withMembers(without(paginator, replaced), members);
}

/** The relations of the Link header that are read; undefined where none is named. */
function linksIn(expression: Expression): (string | undefined)[] {
  switch (expression.kind) {
    case 'path': {
      const [header, relation] = expression.segments;
      if (expression.root !== 'headers' || typeof header !== 'string' || header.toLowerCase() !== 'link') return [];
      return [typeof relation === 'string' ? relation : undefined];
    }
    case 'not':
    case 'is':
    case 'length':
      return linksIn(expression.of);
    case 'and':
    case 'or':
    case 'compare':
    case 'in':
    case 'calculate':
      return [...linksIn(expression.left), ...linksIn(expression.right)];
    case 'literal':
      return [];
  }
}
