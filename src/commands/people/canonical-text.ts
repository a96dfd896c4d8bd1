import {dialects} from '../../config/dialects/table.js';
import {openText} from '../../config/open-document.js';
import {rewriteText} from '../../config/rewrite-text.js';
import {isJsonObject} from '../../config/schema/values.js';
import {configError} from '../../errors.js';
import type {Json, JsonObject} from '../../json/exact.js';

/**
 * The text of a configuration in the language's own words (config-language §14): only what is in another's changes, comments
 * stay. The same text where there is nothing to change. Throws a config_error where the change cannot be written.
 */
export function canonicalText(text: string, file: string): string {
  const outer = openText(text).value;
  if (!isJsonObject(outer)) return text;
  const inner = outer['config'];
  if (typeof inner === 'string' && inner.trim() !== '') {
    const changed = canonicalText(inner, file);
    return changed === inner ? text : written(text, {...outer, config: changed}, file);
  }
  if (!isJsonObject(outer['client'] ?? null) && !Array.isArray(outer['resources'])) return text;
  const {secrets, ...document} = outer;
  const translated = dialects.reduce<JsonObject>((at, dialect) => {
    const translation = dialect.translate(at);
    // What a dialect refuses it takes out: it has to stay for its author to see.
    return translation.problems.some(({level}) => level === 'error') ? at : translation.document;
  }, document);
  const wanted: Record<string, Json> = {...translated, ...(secrets === undefined ? {} : {secrets})};
  return written(text, wanted, file);
}

function written(text: string, wanted: JsonObject, file: string): string {
  const changed = rewriteText(text, wanted);
  if (changed !== undefined) return changed;
  throw configError(
    `${file} cannot be rewritten in place (a value that has to change comes through an alias or a merge key): write the canonical words by hand`,
  );
}
