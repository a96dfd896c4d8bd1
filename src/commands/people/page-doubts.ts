import {paginationSigns} from '../../body/pagination-signs.js';
import {counted} from '../../counted.js';
import type {Answer} from '../../http/answer.js';
import type {StreamPlan} from '../../stream/stream-plan.js';
import type {SentRecord} from './walk-record.js';

/** What the first page of a walk shows and the engine takes as configured: a list of pages that is read as one. */
export function pageDoubts({paginator}: StreamPlan, sent: SentRecord, answer: Answer): readonly string[] {
  if (paginator.type !== 'single_page' || (sent.walk?.pages ?? 0) > 1) return [];
  const {next, more, total} = paginationSigns(answer.value(), answer.selector.stem);
  const items = typeof total?.value === 'number' && total.value > answer.rows ? total : undefined;
  const seen = [next, more, items]
    .filter((sign) => sign !== undefined)
    .map(({path, value}) => `${path.join('.')}: ${JSON.stringify(value)?.slice(0, 80)}`);
  const links = /rel="?next"?/i.test(answer.headers.get('link') ?? '') ? ['a Link header with rel=next'] : [];
  const signs = [...seen, ...links];
  if (signs.length === 0) return [];
  return [
    `the body looks paginated (${signs.join(', ')}; ${counted(answer.rows, 'row')} here), and the paginator is single_page: write paginator: auto, or the right type`,
  ];
}
