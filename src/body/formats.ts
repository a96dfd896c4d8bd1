import {csv} from './csv.js';
import type {FormatKind} from './format.js';
import {json} from './json.js';
import {jsonLines} from './json-lines.js';

/** Every body format. A new one is its file and a line here. */
export const formats: readonly FormatKind[] = [json, jsonLines, csv];
