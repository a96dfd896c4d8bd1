import {configError} from '../errors.js';
import {compilePath, type Path, PathSyntaxError} from '../json/path.js';

/** A path of the configuration, compiled; undefined where none is written. Throws ConnectorError naming the key. */
export function pathAt(source: string | readonly string[] | null | undefined, place: string): Path | undefined {
  if (source === null || source === undefined) return undefined;
  try {
    return compilePath(source);
  } catch (error) {
    if (error instanceof PathSyntaxError) throw configError(`${place}: ${error.message}`, {cause: error});
    throw error;
  }
}
