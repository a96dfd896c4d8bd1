import {expect, test} from 'vitest';
import * as z from 'zod';
import {paginators} from '../../src/pagination/table.js';

test('every type once, named by its literal, every key described', () => {
  expect(new Set(paginators.map(({type}) => type))).toEqual(
    new Set(['auto', 'offset', 'page_number', 'cursor', 'json_link', 'header_link', 'header_cursor', 'single_page']),
  );
  for (const {type, schema} of paginators) {
    const made = z.toJSONSchema(schema, {io: 'input'});
    expect(made).toMatchObject({additionalProperties: false, properties: {type: {const: type}}});
    for (const [key, property] of Object.entries(made.properties ?? {})) {
      if (key !== 'type') expect(property, `${type}.${key}`).toHaveProperty('description');
    }
  }
});

test('what dlt writes is taken: nulls, lists as paths', () => {
  const written: Record<string, object[]> = {
    offset: [
      {
        limit: 5,
        offset: 0,
        limit_param: '$top',
        offset_param: '$skip',
        maximum_offset: 100,
        total_path: 'metadata.count',
        stop_after_empty_page: true,
      },
    ],
    page_number: [
      {base_page: 1, page_body_path: 'options.page', page_param: null, total_path: 'totalPages'},
      {page_param: 'page', total_path: ['a.b', 'total']},
      {base_page: 1, total_path: null, maximum_page: 1},
    ],
    cursor: [{cursor_path: 'paging.next.after', cursor_body_path: 'after', has_more_path: null}],
    json_link: [{next_url_path: 'pagination.next'}, {}],
    single_page: [{}],
  };
  for (const [type, blocks] of Object.entries(written)) {
    const kind = paginators.find((candidate) => candidate.type === type);
    for (const block of blocks)
      expect(kind?.schema.safeParse({type, ...block}).error, JSON.stringify(block)).toBeUndefined();
  }
});
