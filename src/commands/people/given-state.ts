import {readFile} from 'node:fs/promises';
import {objectOr, streamKey} from '../../airbyte/input.js';
import {parseState} from '../../airbyte/state-file.js';
import {configError} from '../../errors.js';
import {type JsonObject, parseExact} from '../../json/exact.js';

/**
 * The states of `--state`, as hosts write them or, for one stream, as `try` shows one. Throws a config_error for what is
 * neither.
 */
export async function givenStates(
  file: string | undefined,
  names: readonly string[],
): Promise<(stream: string) => JsonObject | undefined> {
  if (file === undefined) return () => undefined;
  const text = await readFile(file, 'utf8').catch(() => {
    throw configError(`--state ${file}: there is no such file, or it cannot be read`);
  });
  const bare = bareState(text);
  const [only, more] = names;
  if (bare !== undefined && more === undefined) return (stream) => (stream === only ? bare : undefined);
  const {states} = parseState(file, text);
  return (stream) => states.get(streamKey(stream, undefined))?.state;
}

function bareState(text: string): JsonObject | undefined {
  try {
    const state = objectOr(parseExact(text));
    return state !== undefined && Object.hasOwn(state, 'v') ? state : undefined;
  } catch {
    return undefined;
  }
}
