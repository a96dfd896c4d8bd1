import type {Config, EndpointConfig} from '../config/config.js';
import type {StreamPlan} from '../stream/stream-plan.js';

/**
 * The streams that `check` tries: `client.check.resources`, else the first without a parent for each authentication and host
 * (config-language §2), hidden ones only where there is no other.
 */
export function checkResources(config: Config, plans: ReadonlyMap<string, StreamPlan>): readonly StreamPlan[] {
  const named = config.client.check.resources;
  if (named !== undefined && named.length > 0) {
    return named.map((name) => plans.get(name)).filter((plan) => plan !== undefined);
  }
  const candidates = config.resources
    .map((resource) => ({endpoint: resource.endpoint, plan: plans.get(resource.name)}))
    .filter(({plan}) => plan !== undefined && plan.parent === undefined)
    .sort((a, b) => Number(b.plan?.selected ?? false) - Number(a.plan?.selected ?? false));
  const tried = new Map<string, StreamPlan>();
  for (const {endpoint, plan} of candidates) {
    if (endpoint === undefined || plan === undefined) continue;
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
