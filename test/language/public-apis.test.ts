import {expect, test} from 'vitest';
import {readApi} from './public/api.js';
import {linkApis} from './public/links.js';
import {tokenApis} from './public/tokens.js';

test.each([...tokenApis, ...linkApis])('$name', async (api) => {
  const {rows, warnings, errors, calls} = await readApi(api);
  expect({rows, errors}, calls.join('\n')).toEqual({rows: api.rows, errors: ''});
  if (api.warning === undefined) expect(warnings).toBe('');
  else expect(warnings).toMatch(api.warning);
});
