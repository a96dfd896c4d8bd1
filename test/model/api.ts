import {tieOf} from './kinds.js';
import {type Listed, pageOf, type Served, size} from './pages.js';
import type {Scenario} from './scenario.js';
import {parentOf, parentText, rowText, standsTwice, type World} from './world.js';

/** A request as the API sees it. */
export interface Asked {
  readonly url: URL;
  /** Members of the query or the JSON body. */
  readonly values: Readonly<Record<string, string>>;
}

/** Answers as the API of a scenario does. `run`: tokens know in which run they were given. */
export function answer(world: World, {url, values}: Asked, run: number): Served {
  const {scenario} = world;
  const segments = url.pathname.split('/').slice(1);
  const last = segments.at(-1);
  if (last === 'groups') {
    return pageOf(groups, {scenario, values, url, run, paginator: 'single_page', size: 99});
  }
  if (last === 'parents') {
    const group = segments[0] === 'groups' ? Number(segments[1]) : undefined;
    const since = values['since'] === undefined ? Number.NEGATIVE_INFINITY : Date.parse(values['since']) * 1000;
    const listed = [...world.parents.values()]
      .filter(
        (parent) => (group === undefined || parent.group === group) && Math.floor(parent.at / 1000) * 1000 >= since,
      )
      .flatMap((parent): Listed[] => {
        const rank = scenario.parentIncremental ? parent.at : 0;
        const first = {rank, tie: parent.id, text: parentText(parent)};
        if (!standsTwice(scenario, parent.id)) return [first];
        return [first, {rank, tie: parent.id + 0.5, text: parentText(parent, scenario.twice === 'other')}];
      });
    // Parents are never lost to a list that shifts: their own order is not what is tried here.
    const steady = {...scenario, counting: false};
    return pageOf(listed.sort(byRank), {
      scenario: steady,
      values,
      url,
      run,
      paginator: scenario.parentPaginator,
      size: 2,
    });
  }
  const parent = scenario.levels === 1 ? 0 : parentOf(segments.at(-2) ?? '');
  if (parent !== 0 && !world.parents.has(parent)) return {status: 404, body: '{"gone":true}'};
  const listed = rowsOf(world, parent, values);
  return pageOf(listed, {
    scenario,
    values,
    url,
    run,
    paginator: scenario.paginator,
    size: size(scenario, world.random),
  });
}

const groups: readonly Listed[] = [1, 2, 3].map((id) => ({rank: id, tie: 0, text: `{"id":${id}}`}));
const byRank = (a: Listed, b: Listed): number => a.rank - b.rank || a.tie - b.tie;

function rowsOf(world: World, parent: number, values: Asked['values']): readonly Listed[] {
  const {scenario, kind} = world;
  const bound = (name: string): number | undefined =>
    kind === undefined || values[name] === undefined || values[name] === 'null' ? undefined : kind.sent(values[name]);
  const since = scenario.since === 'none' ? undefined : bound('since');
  const until = scenario.until === 'none' ? undefined : bound('until');
  const sign = kind?.min === true ? -1 : 1;
  const direction = directionOf(scenario);
  const found: Listed[] = [];
  for (const {id, version} of world.visible(parent)) {
    const value = version.at === undefined ? undefined : kind?.value(version.at);
    if (since !== undefined && value !== undefined) {
      const from = (value - since) * sign;
      if (scenario.since === 'open' ? from <= 0 : from < 0) continue;
    }
    if (until !== undefined && value !== undefined) {
      const over = (value - until) * sign;
      if (scenario.until === 'open' ? over >= 0 : over > 0) continue;
    }
    const tie = scenario.sort === 'scrambled' ? tieOf(id) : id;
    const rank = direction === 0 || value === undefined ? 0 : value * direction;
    found.push({rank, tie, text: rowText(id, version, kind)});
  }
  return found.sort(byRank);
}

/** The order in which the list really comes, by cursor: 1, -1, or 0 for another order. */
function directionOf({order, kept, sort, kind}: Scenario): 1 | -1 | 0 {
  if (kind === 'none') return 0;
  if (order !== 'none' && kept) return order === 'asc' ? 1 : -1;
  return sort === 'asc' && order === 'none' ? 1 : 0;
}
