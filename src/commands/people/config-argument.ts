import {stat} from 'node:fs/promises';
import {type Invocation, textOption} from '../command.js';

/**
 * `explain acme.yaml` for `explain --config acme.yaml`: without --config an argument that is the name of a file, as
 * configurations have it, is the configuration; the others stay names of resources.
 */
export async function withConfigArgument(invocation: Invocation): Promise<Invocation> {
  const {args, options} = invocation;
  if (textOption(invocation, 'config') !== undefined) return invocation;
  const names = args.filter((each) => /\.(ya?ml|json)$/i.test(each));
  for (const name of names) {
    const found = await stat(name).catch(() => undefined);
    if (found?.isFile() !== true) continue;
    return {args: args.filter((each) => each !== name), options: {...options, config: name}};
  }
  return invocation;
}
