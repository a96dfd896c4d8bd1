import * as z from 'zod';
import {didYouMean} from '../../did-you-mean.js';
import type {JsonObject} from '../../json/exact.js';
import {stepKinds} from '../../steps/table.js';
import {explain} from '../issues.js';
import {isJsonObject} from './values.js';

/** Steps in order, each under its name. One entry with several runs them in the table's order, as dlt does. */
export const processingSteps = z.array(
  z
    .custom<JsonObject>(isJsonObject, {error: 'must be an object such as {filter: "record.active"}', abort: true})
    .superRefine((step, context) => {
      const names = stepKinds.map((kind) => kind.name);
      if (Object.keys(step).length === 0)
        context.addIssue({code: 'custom', message: `is empty; steps are ${names.join(', ')}`});
      for (const [key, value] of Object.entries(step)) {
        const kind = stepKinds.find((candidate) => candidate.name === key);
        if (kind === undefined) {
          context.addIssue({
            code: 'custom',
            path: [key],
            message: `unknown step${didYouMean(key, names)} (steps are ${names.join(', ')})`,
          });
          continue;
        }
        const result = kind.schema.safeParse(value, {error: explain});
        if (result.success) continue;
        const known = Object.keys(kind.schema.meta()?.['properties'] ?? {});
        for (const issue of result.error.issues) {
          const path = [key, ...issue.path];
          const unknown = /^Unrecognized keys?: /.test(issue.message) ? issue.message.matchAll(/"([^"]*)"/g) : [];
          const names = [...unknown].map(([, name = '']) => name);
          for (const name of names) {
            const message = `unknown key${didYouMean(name, known)} (there are ${known.join(', ')})`;
            context.addIssue({code: 'custom', path: [...path, name], message});
          }
          if (names.length === 0) context.issues.push({...issue, path, input: undefined});
        }
      }
    }),
);
