/**
 * Names in dependency order: every parent before its children, otherwise as given. Returns the members of a cycle instead
 * where there is one.
 */
export function order(
  names: readonly string[],
  parentOf: (name: string) => string | undefined,
): {readonly order: readonly string[]} | {readonly cycle: readonly string[]} {
  const done = new Set<string>();
  for (const name of names) {
    const chain: string[] = [];
    for (let at: string | undefined = name; at !== undefined && !done.has(at); at = parentOf(at)) {
      if (chain.includes(at)) return {cycle: [...chain.slice(chain.indexOf(at)), at]};
      chain.push(at);
    }
    for (const member of chain.reverse()) done.add(member);
  }
  return {order: [...done]};
}
