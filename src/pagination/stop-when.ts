import {configError} from '../errors.js';
import type {Answer} from '../http/answer.js';
import type {Segment} from '../json/path.js';
import {valueOf as parsed} from '../json/text.js';
import {envelope, pageValue, without} from './envelope.js';
import type {PaginatorContext} from './paginator.js';

const beginsWith = (chain: readonly Segment[], path: readonly Segment[]): boolean =>
  path.every((segment, position) => chain[position] === segment);

function recordAt(answer: Answer, index: number): unknown {
  const {bytes, spans} = answer.batch;
  const start = spans[2 * index];
  const end = spans[2 * index + 1];
  return start === undefined || end === undefined ? null : parsed({bytes, start, end});
}

/** What lies outside the records; a body that is one record itself is given whole. */
function responseOf(answer: Answer): unknown {
  const {stem} = answer.selector;
  if (stem.length > 0) return without(envelope(answer), stem);
  const value = pageValue(answer);
  return Array.isArray(value) ? null : (value ?? null);
}

/**
 * `stop_when` over one answer. A missing key makes it false; reading inside the record path throws a ConnectorError that
 * names record_count, because the records are not there.
 */
export function compileStopWhen(source: string, context: PaginatorContext): (answer: Answer) => boolean {
  const place = `${context.place}.stop_when`;
  const evaluate = context.expression(source, place);
  const refuse = (records: string): never => {
    throw configError(
      `${place}: response is without its records (${records}); use record_count, first or last instead of reading them`,
    );
  };
  const reads = (evaluate.reads ?? []).filter(([root]) => root === 'response').map(([, ...rest]) => rest);
  const readsBelow = (stem: readonly Segment[]): boolean => reads.some((chain) => beginsWith(chain, stem));
  const {records} = context;
  if (records !== undefined && records.stem.length > 0 && readsBelow(records.stem)) refuse(records.text);
  return (answer) => {
    const {stem, text} = answer.selector;
    const response = responseOf(answer);
    const isList = stem.length > 0 || response === null;
    if (isList && answer.rows > 0 && readsBelow(stem)) refuse(text);
    const result = evaluate({
      response,
      headers: Object.fromEntries(answer.headers),
      record_count: answer.rows,
      first: recordAt(answer, 0),
      last: recordAt(answer, answer.batch.count - 1),
    });
    return result === true;
  };
}
