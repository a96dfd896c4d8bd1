import type {Config, EndpointConfig} from '../config/config.js';
import type {StreamPlan} from '../stream/stream-plan.js';

/**
 * The streams that `check` tries: `client.check.resources`, else the first without a parent for each authentication and host
 * (config-language §2), hidden ones only where there is no other. Children of static parents alone: the first of them.
 */
export function checkResources(config: Config, plans: ReadonlyMap<string, StreamPlan>): readonly StreamPlan[] {
  const named = config.client.check.resources;
  if (named !== undefined && named.length > 0) {
    return named.map((name) => plans.get(name)).filter((plan) => plan !== undefined);
  }
  const requested = config.resources.flatMap(({name, endpoint}) => {
    const plan = plans.get(name);
    return endpoint === undefined || plan === undefined ? [] : [{endpoint, plan}];
  });
  const candidates = requested
    .filter(({plan}) => plan.parent === undefined)
    .sort((a, b) => Number(b.plan.selected) - Number(a.plan.selected));
  const tried = new Map<string, StreamPlan>();
  for (const {endpoint, plan} of candidates.length > 0 ? candidates : requested.slice(0, 1)) {
    const key = accessOf(endpoint);
    if (!tried.has(key)) tried.set(key, plan);
  }
  return [...tried.values()];
}

/** What a request of the endpoint needs to get through: its credentials, and its host unless it is the base's. */
function accessOf(endpoint: EndpointConfig): string {
  const host = /^https?:\/\/[^/?#]+/i.exec(endpoint.path)?.[0].toLowerCase() ?? '';
  return JSON.stringify([host, endpoint.auth.map(({place}) => place)]);
}
