import * as z from 'zod';

const type = (name: string) => z.literal(name).meta({title: 'Type', order: 0});

/** `always_show`: Airbyte folds the others away. */
interface Field {
  readonly title: string;
  readonly description: string;
  readonly order: number;
  readonly examples?: readonly string[] | readonly number[];
  readonly always_show?: true;
}

const text = (field: Field) =>
  z
    .string()
    .optional()
    .meta({...field});

const whole = (minimum: number, field: Field) =>
  z
    .int()
    .min(minimum)
    .optional()
    .meta({...field});

const size = {
  limit: whole(1, {
    title: 'Page Size',
    description: 'Records per page; sent in the Page Size Parameter only.',
    examples: [100],
    order: 20,
  }),
  limit_param: text({
    title: 'Page Size Parameter',
    description: 'The query parameter of the page size; none is sent when empty.',
    examples: ['limit', 'per_page'],
    order: 21,
  }),
};

const flag = {
  has_more_path: text({
    title: 'Path of the Flag',
    description: 'Where the answer says that there are more pages: true or false.',
    examples: ['has_more'],
    order: 22,
  }),
};

const types = [
  z.strictObject({type: type('single_page')}).meta({title: 'None (One Page)'}),
  z
    .strictObject({
      type: type('offset'),
      limit: whole(1, {
        title: 'Page Size',
        description: 'Records per page; 100 when empty.',
        examples: [100],
        always_show: true,
        order: 1,
      }),
      limit_param: text({
        title: 'Page Size Parameter',
        description: 'The query parameter of the page size; limit when empty.',
        examples: ['limit', 'per_page'],
        always_show: true,
        order: 2,
      }),
      offset_param: text({
        title: 'Offset Parameter',
        description: 'The query parameter of the offset; offset when empty.',
        examples: ['offset', 'skip'],
        always_show: true,
        order: 3,
      }),
      total_path: text({
        title: 'Path of the Total',
        description: 'Where the answer gives the number of all records; total when empty.',
        examples: ['meta.total'],
        order: 4,
      }),
      ...flag,
      maximum_offset: whole(0, {
        title: 'Maximum Offset',
        description: 'The first offset that is not requested.',
        examples: [10000],
        order: 23,
      }),
    })
    .meta({title: 'Offset'}),
  z
    .strictObject({
      type: type('page_number'),
      page_param: text({
        title: 'Page Parameter',
        description: 'The query parameter of the page number; page when empty.',
        examples: ['page'],
        always_show: true,
        order: 1,
      }),
      base_page: whole(0, {
        title: 'First Page',
        description: 'Number of the first page, 0 or 1; found out when empty.',
        examples: [1],
        always_show: true,
        order: 2,
      }),
      total_path: text({
        title: 'Path of the Total',
        description: 'Where the answer gives the number of pages; total when empty.',
        examples: ['meta.total_pages'],
        order: 3,
      }),
      ...size,
      ...flag,
      maximum_page: whole(0, {
        title: 'Maximum Page',
        description: 'The first page that is not requested.',
        examples: [100],
        order: 23,
      }),
    })
    .meta({title: 'Page Number'}),
  z
    .strictObject({
      type: type('cursor'),
      cursor_path: text({
        title: 'Path of the Cursor',
        description: 'Where the answer gives the next cursor; looked for under usual names when empty.',
        examples: ['meta.next_cursor', 'id'],
        always_show: true,
        order: 1,
      }),
      cursor_param: text({
        title: 'Cursor Parameter',
        description: 'The query parameter of the cursor.',
        examples: ['cursor', 'starting_after'],
        always_show: true,
        order: 2,
      }),
      cursor_body_path: text({
        title: 'Cursor in the Body',
        description: 'In place of the parameter: the member of the JSON body.',
        examples: ['after'],
        order: 3,
      }),
      cursor_from: z.enum(['body', 'last_record']).default('body').meta({
        title: 'Path Within',
        description: 'Whether the path is within the answer (body), or within its last record.',
        order: 4,
      }),
      ...size,
      ...flag,
    })
    .meta({title: 'Cursor'}),
  z
    .strictObject({
      type: type('json_link'),
      next_url_path: text({
        title: 'Path of the Link',
        description: 'Where the answer gives the URL of the next page; next when empty.',
        examples: ['links.next'],
        always_show: true,
        order: 1,
      }),
      ...size,
      ...flag,
    })
    .meta({title: 'Link in the Body'}),
  z
    .strictObject({
      type: type('header_link'),
      links_next_key: text({
        title: 'Relation',
        description: 'The rel of the next page in the Link header; next when empty.',
        examples: ['next'],
        order: 1,
      }),
      ...size,
    })
    .meta({title: 'Link Header'}),
  z
    .strictObject({
      type: type('header_cursor'),
      cursor_key: text({
        title: 'Header',
        description: 'The header that gives the next cursor; next when empty.',
        examples: ['X-Next-Cursor'],
        always_show: true,
        order: 1,
      }),
      cursor_param: text({
        title: 'Cursor Parameter',
        description: 'The query parameter of the cursor; cursor when empty.',
        examples: ['cursor'],
        always_show: true,
        order: 2,
      }),
      ...size,
    })
    .meta({title: 'Cursor in a Header'}),
] as const;

const auto = z.strictObject({type: type('auto')});

/** Pagination in the web form, for all streams: the language's types (config-language §5), `auto` preselected. */
export const formPagination = z.discriminatedUnion('type', [auto.meta({title: 'Automatic'}), ...types]);

/** The same for one stream: `inherit` preselected. */
export const streamPagination = z.discriminatedUnion('type', [
  z.strictObject({type: type('inherit')}).meta({title: 'As All Streams'}),
  auto.meta({title: 'Automatic'}),
  ...types,
]);
