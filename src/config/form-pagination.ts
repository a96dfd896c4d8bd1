import {z} from 'zod';

const type = (name: string) => z.literal(name).meta({title: 'Type', order: 0});

const text = (title: string, description: string, order: number, ...examples: string[]) =>
  z
    .string()
    .optional()
    .meta({title, description, order, ...(examples.length === 0 ? {} : {examples})});

const whole = (title: string, description: string, order: number, ...examples: number[]) =>
  z
    .int()
    .min(0)
    .optional()
    .meta({title, description, order, ...(examples.length === 0 ? {} : {examples})});

const size = {
  limit: z
    .int()
    .min(1)
    .optional()
    .meta({title: 'Page Size', description: 'Records per page.', examples: [100], order: 20}),
  limit_param: text('Page Size Parameter', 'The query parameter of the page size.', 21, 'limit', 'per_page'),
};

const flag = {
  has_more_path: text('Path of the Flag', 'Where the answer says that there are more pages.', 22, 'has_more'),
};

const types = [
  z.strictObject({type: type('single_page')}).meta({title: 'None (One Page)'}),
  z
    .strictObject({
      type: type('offset'),
      ...size,
      offset_param: text(
        'Offset Parameter',
        'The query parameter of the offset; offset when empty.',
        1,
        'offset',
        'skip',
      ),
      total_path: text(
        'Path of the Total',
        'Where the answer gives the number of all records; total when empty.',
        2,
        'meta.total',
      ),
      ...flag,
      maximum_offset: whole('Maximum Offset', 'Where to stop.', 23),
    })
    .meta({title: 'Offset'}),
  z
    .strictObject({
      type: type('page_number'),
      page_param: text('Page Parameter', 'The query parameter of the page number; page when empty.', 1, 'page'),
      base_page: whole('First Page', 'Number of the first page; found out when empty.', 2, 0, 1),
      total_path: text(
        'Path of the Total',
        'Where the answer gives the number of pages; total when empty.',
        3,
        'meta.total_pages',
      ),
      ...size,
      ...flag,
      maximum_page: whole('Maximum Page', 'The first page that is not read.', 23),
    })
    .meta({title: 'Page Number'}),
  z
    .strictObject({
      type: type('cursor'),
      cursor_path: text('Path of the Cursor', 'Where the answer gives the next cursor.', 1, 'meta.next_cursor', 'id'),
      cursor_param: text('Cursor Parameter', 'The query parameter of the cursor.', 2, 'cursor', 'starting_after'),
      cursor_body_path: text('Body Path', 'In place of the parameter: the member of the JSON body.', 3, 'after'),
      cursor_from: z.enum(['body', 'last_record']).default('body').meta({
        title: 'Path Within',
        description: 'Whether the path is within the answer, or within its last record.',
        order: 4,
      }),
      ...size,
      ...flag,
    })
    .meta({title: 'Cursor'}),
  z
    .strictObject({
      type: type('json_link'),
      next_url_path: text(
        'Path of the Link',
        'Where the answer gives the URL of the next page; next when empty.',
        1,
        'links.next',
      ),
      ...size,
      ...flag,
    })
    .meta({title: 'Link in the Body'}),
  z
    .strictObject({
      type: type('header_link'),
      links_next_key: text('Relation', 'The rel of the next page in the Link header; next when empty.', 1, 'next'),
      ...size,
    })
    .meta({title: 'Link Header'}),
  z
    .strictObject({
      type: type('header_cursor'),
      cursor_key: text('Header', 'The header that gives the next cursor; next when empty.', 1, 'X-Next-Cursor'),
      cursor_param: text('Cursor Parameter', 'The query parameter of the cursor; cursor when empty.', 2, 'cursor'),
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
