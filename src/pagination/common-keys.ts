import * as z from 'zod';

/** A name of a parameter, member or header. */
export const name = z.string().min(1, 'must not be empty');

/** JSONPath over the page as received; a list is a path with one name per element. */
export const jsonPath = z.union([name, z.array(name).min(1)]);

const flagValues = 'true/false, yes/no, t/f, y/n or 1/0';

/** Keys that every paginator has (config-language §5). `null` is the same as leaving the key out. */
export const commonKeys = {
  limit: z.int().positive().nullish().meta({description: 'Page size that is asked for.'}),
  limit_param: name.nullish().meta({description: 'Query parameter that carries `limit`.'}),
  limit_body_path: name.nullish().meta({description: 'Dot path in the JSON or form body that carries `limit`.'}),
  first_page_only: z
    .array(name)
    .nullish()
    .meta({description: 'Parameters and body members that only the first request carries.', default: []}),
  has_more_path: jsonPath
    .nullish()
    .meta({description: `JSONPath of a flag that says whether there are more pages (${flagValues}).`}),
  last_page_path: jsonPath
    .nullish()
    .meta({description: `JSONPath of a flag that says that this is the last page (${flagValues}).`}),
  total_path: jsonPath
    .nullish()
    .meta({description: 'JSONPath of a total: of items, for page_number of pages. Compared with what came.'}),
  total_header: name.nullish().meta({description: 'Header with that total, e.g. X-Total.'}),
  total_items_path: jsonPath.nullish().meta({
    description: 'JSONPath of the total of items, for every type: for page_number too, and where total_path is taken.',
  }),
  stop_after_empty_page: z.boolean().nullish().meta({description: 'An empty page ends the walk.', default: false}),
  stop_on_short_page: z.boolean().nullish().meta({
    description: 'A page with fewer rows than asked for ends the walk; only for servers that honour `limit`.',
    default: false,
  }),
  stop_when: z.string().min(1).nullish().meta({
    description:
      'CEL over response (the body without its records), headers (lower case), record_count, first and last (records): true ends the walk after this page.',
  }),
  on_repeat: z.enum(['error', 'end', 'follow']).nullish().meta({
    description:
      'When the server names a position again or repeats a page: error; end ends the walk there; follow goes on until a page is empty (scrolls, whose id stays the same; such a walk starts anew after an interruption).',
    default: 'error',
  }),
  next_url_base: z
    .literal('base_url')
    .nullish()
    .meta({description: 'Relative links resolve against base_url instead of the URL of the request.'}),
  max_pages: z
    .int()
    .positive()
    .nullish()
    .meta({description: 'Pages of one walk; reaching it is an error.', default: 100_000}),
};

const commonObject = z.object(commonKeys);

export type CommonOptions = z.output<typeof commonObject>;

/** The keys of offset and page_number that differ from the common ones by their default. */
export const countingKeys = {
  stop_after_empty_page: z.boolean().nullish().meta({description: 'An empty page ends the walk.', default: true}),
};
