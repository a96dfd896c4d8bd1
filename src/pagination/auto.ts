import * as z from 'zod';
import {configError} from '../errors.js';
import type {Answer} from '../http/answer.js';
import {type Json, type JsonObject, printExact} from '../json/exact.js';
import type {Note} from '../log.js';
import {commonKeys} from './common-keys.js';
import {cursor} from './cursor.js';
import {type Detected, detect, unknownToken} from './detect.js';
import {headerLinkKind} from './header-link.js';
import {jsonLink} from './json-link.js';
import {offset} from './offset.js';
import {pageNumber} from './page-number.js';
import type {Next, Paginator, PaginatorContext, Position} from './paginator.js';
import {paginatorKind} from './paginator.js';
import {isJsonObject} from './place.js';
import {compileRules} from './rules.js';

const schema = z.strictObject({type: z.literal('auto'), ...commonKeys});

const kinds = new Map([headerLinkKind, jsonLink, pageNumber, cursor, offset].map((kind) => [kind.type, kind]));

/** The chosen paginator's options and its own position. */
interface Chosen {
  readonly as: JsonObject;
  readonly at: Position;
}

function chosenAt(position: Position): Chosen | undefined {
  const {as, at} = position;
  return isObject(as) && isObject(at) ? {as, at} : undefined;
}

const isObject = (value: Json | undefined): value is JsonObject => value !== undefined && isJsonObject(value);

/**
 * Detects on the first page how the list is paged and is that paginator from then on: the choice stands in the position,
 * so a resumed walk knows it. Where nothing shows, the one page is all.
 */
function create(options: z.output<typeof schema>, context: PaginatorContext): Paginator {
  const rules = compileRules(options, context);
  const {type: _, ...common} = options;
  const made = new Map<string, Paginator>();

  const paginatorFor = (as: JsonObject): Paginator | undefined => {
    const key = printExact(as);
    const known = made.get(key);
    if (known !== undefined) return known;
    const written = Object.fromEntries(Object.entries(common).filter(([, value]) => value !== undefined));
    const paginator = kinds.get(String(as['type']))?.create({...as, ...written}, context);
    if (paginator !== undefined) made.set(key, paginator);
    return paginator;
  };

  /** Calls the chosen paginator; undefined before there is one. */
  const delegate = <T>(position: Position, call: (chosen: Paginator, at: Position) => T): T | undefined => {
    const chosen = chosenAt(position);
    const paginator = chosen && paginatorFor(chosen.as);
    return chosen !== undefined && paginator !== undefined ? call(paginator, chosen.at) : undefined;
  };

  const wrap = (as: JsonObject, step: Next): Next => ('go' in step ? {...step, go: {as, at: step.go}} : step);

  /** An error of what was detected says so: nobody has written the name of the parameter. */
  const withDetected = (position: Position, next: Next | undefined): Next | undefined => {
    if (next === undefined || !('end' in next) || next.error === undefined) return next;
    const hint = `it was detected, ${printExact(chosenAt(position)?.as ?? {})}: write it, with the parameter that the API names`;
    return {...next, error: configError(`${next.error.message} (${hint})`)};
  };

  const first = (position: Position, answer: Answer): Next => {
    const detected: Detected | undefined = detect(answer);
    if (detected === undefined) {
      const reading = rules.read({}, answer);
      const reason = 'one page: no link, token or total of pages is known on it';
      const token = answer.rows === 0 ? undefined : unknownToken(answer);
      const stop = rules.stop(reading);
      if (stop !== undefined) return stop;
      const step = rules.end(reading, {reason, suspicious: token !== undefined});
      if (!('end' in step) || step.suspicious !== true) return step;
      const more =
        token === undefined || step.end.includes(token) ? '' : `, ${step.end === reason ? 'although ' : ''}${token}`;
      return {...step, end: `${step.end}${more}; write the paginator, single_page if that is all`};
    }
    const as: JsonObject = {...detected};
    const paginator = paginatorFor(as);
    if (paginator === undefined) return rules.refuse(answer);
    const note: Note = {level: 'info', key: 'pagination.auto', text: `detected paginator: ${printExact(as)}`};
    const {learnt} = position;
    const start = as['type'] === 'page_number' && isObject(learnt) ? learnt : paginator.start;
    const step = paginator.next(start, answer);
    return wrap(as, {...step, notes: [note, ...(step.notes ?? [])]});
  };

  return {
    type: 'auto',
    start: {},
    facts: rules.facts,
    resumable: rules.resumable,
    request: (base, position) =>
      delegate(position, (paginator, at) => paginator.request(base, at)) ?? rules.request(base, {}),
    next(position, answer) {
      const chosen = chosenAt(position);
      const paginator = chosen && paginatorFor(chosen.as);
      if (chosen !== undefined && paginator !== undefined) return wrap(chosen.as, paginator.next(chosen.at, answer));
      return answer.verdict === 'page' ? first(position, answer) : rules.refuse(answer);
    },
    ahead(position, answer, count) {
      const chosen = chosenAt(position);
      const positions = delegate(position, (paginator, at) => paginator.ahead?.(at, answer, count)) ?? [];
      return chosen === undefined ? [] : positions.map((at) => ({as: chosen.as, at}));
    },
    numbered: (position) => delegate(position, (paginator, at) => paginator.numbered?.(at)) ?? false,
    repeated: (position, answer, what) =>
      chosenAt(position) === undefined
        ? rules.repeated(position, answer, what, () => 'the first page names itself as the next one')
        : withDetected(
            position,
            delegate(position, (paginator, at) => paginator.repeated?.(at, answer, what)),
          ),
    totalItems: rules.totalItems,
    learnt(position) {
      const learnt = delegate(position, (paginator, at) => paginator.learnt?.(at));
      return learnt === undefined ? undefined : {learnt};
    },
  };
}

export const auto = paginatorKind('auto', schema, create);
