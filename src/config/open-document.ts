import type {Document} from './document.js';
import {plainValue} from './plain-value.js';
import type {Problem} from './problem.js';
import {openYaml} from './yaml-text.js';
import type {ScalarReading} from './yaml-value.js';

/** A JSON or YAML text. `scalars: 'source'` takes plain numbers and booleans as the text they were written in. */
export function openText(text: string, scalars: ScalarReading = 'typed'): Document {
  return openYaml(text, scalars);
}

/** A value that was parsed elsewhere. */
export function openValue(value: unknown): Document {
  const problems: Problem[] = [];
  const plain = plainValue(value, problems);
  return {
    value: problems.length > 0 ? undefined : plain,
    problems,
    text: undefined,
    locate: () => undefined,
    replace: () => undefined,
  };
}
