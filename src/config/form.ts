import * as z from 'zod';
import {formAuth} from './form-auth.js';
import {formPagination, streamPagination} from './form-pagination.js';

const nameValue = (what: string, may: string) =>
  z.array(
    z.strictObject({
      name: z.string().meta({title: 'Name', description: `Name of the ${what}.`, order: 0}),
      value: z.string().meta({
        title: 'Value',
        description: `Value of the ${what}; may hold ${may}.`,
        order: 1,
      }),
    }),
  );

const ofStream = '{secrets.NAME}, {incremental.start_value} and {resources.parent.field}';

const incremental = z.strictObject({
  cursor_path: z
    .string()
    .optional()
    .meta({
      title: 'Cursor Field',
      description: 'The field of each record that says when it changed.',
      examples: ['updated_at', 'fields.updated'],
      always_show: true,
      order: 0,
    }),
  initial_value: z
    .string()
    .optional()
    .meta({
      title: 'Start Value',
      description: 'Where the first sync starts, spelled as the records spell it; now-P2Y is two years ago.',
      examples: ['2024-01-01T00:00:00Z', 'now-P2Y'],
      always_show: true,
      order: 1,
    }),
  start_param: z
    .string()
    .optional()
    .meta({
      title: 'Start Parameter',
      description:
        'The query parameter that gets the start. To send it in another place, write {incremental.start_value} there.',
      examples: ['updated_since', 'created[gte]'],
      always_show: true,
      order: 2,
    }),
  end_param: z
    .string()
    .optional()
    .meta({
      title: 'End Parameter',
      description: 'The query parameter that gets the end, if the API takes one.',
      examples: ['updated_until'],
      order: 3,
    }),
  row_order: z.enum(['asc', 'desc']).optional().meta({
    title: 'Order of the Rows',
    description:
      'The order by the cursor field in which the API returns records, if it promises one: ascending or descending.',
    order: 4,
  }),
  convert: z
    .string()
    .optional()
    .meta({
      title: 'Format of the Values Sent',
      description:
        'epoch_seconds, epoch_ms, iso8601, iso_date or a strftime pattern; as the records spell it when empty.',
      examples: ['epoch_seconds', '%Y-%m-%d'],
      order: 5,
    }),
  step: z
    .string()
    .optional()
    .meta({
      title: 'Window',
      description:
        'Read in windows of this length (an ISO 8601 duration), one after the other; give Start and End Parameter too.',
      examples: ['P30D', 'P1M'],
      order: 6,
    }),
});

const stream = z.strictObject({
  name: z.string().meta({title: 'Name', description: 'Name of the stream.', examples: ['orders'], order: 0}),
  path: z
    .string()
    .optional()
    .meta({
      title: 'Path',
      description:
        'Joined to the Base URL; the name when empty. {resources.users.id} takes the id of each row of the stream users: one request per row.',
      examples: ['/v1/orders', '/users/{resources.users.id}/orders'],
      always_show: true,
      order: 1,
    }),
  method: z
    .enum(['GET', 'POST', 'PUT', 'PATCH'])
    .default('GET')
    .meta({title: 'Method', description: 'HTTP method.', order: 2}),
  data_selector: z
    .string()
    .optional()
    .meta({
      title: 'Path of the Records',
      description: 'Where the records are in the answer (JSONPath); looked for when empty.',
      examples: ['data', 'result.items'],
      always_show: true,
      order: 3,
    }),
  primary_key: z
    .array(z.string())
    .optional()
    .meta({
      title: 'Primary Key',
      description: 'Fields that together identify a record; needed to replace records that changed.',
      examples: [['id']],
      always_show: true,
      order: 4,
    }),
  incremental: incremental.optional().meta({
    title: 'Incremental Sync',
    description: 'Read only what changed since the last sync. Leave empty to read everything each time.',
    always_show: true,
    order: 5,
  }),
  query_parameters: nameValue('query parameter', ofStream).optional().meta({
    title: 'Query Parameters',
    description: 'Sent with every request of the stream.',
    order: 6,
  }),
  request_headers: nameValue('header', ofStream).optional().meta({
    title: 'Request Headers',
    description: 'Headers of this stream only.',
    order: 7,
  }),
  json_body: z
    .string()
    .optional()
    .meta({
      title: 'JSON Body',
      description: 'Body of the request, as JSON; most APIs want the method POST with it.',
      examples: ['{"filters": {"updated_since": "{incremental.start_value}"}}'],
      multiline: true,
      order: 8,
    }),
  pagination: streamPagination.optional().meta({
    title: 'Pagination',
    description: 'Where the next page is, if it differs from the other streams.',
    order: 9,
  }),
  include_from_parent: z
    .array(z.string())
    .optional()
    .meta({
      title: 'Fields from the Parent',
      description: 'For a path with {resources.…}: fields of that row, added as _parent_field.',
      examples: [['id']],
      order: 10,
    }),
});

const hidden = (title: string, order: number, description: string) =>
  z.unknown().optional().meta({title, description, airbyte_hidden: true, order});

/**
 * The web form, and beside it the document for API users, hidden: spec.json is generated from this alone (contract,
 * *spec.json and the web form*).
 */
export const form = z.strictObject({
  base_url: z
    .string()
    .optional()
    .meta({
      title: 'Base URL',
      description: 'The URL that all paths are joined to.',
      examples: ['https://api.example.com/v1'],
      pattern: '^(https?://|\\{)\\S+$',
      pattern_descriptor: 'https://api.example.com/v1',
      always_show: true,
      group: 'connection',
      order: 0,
    }),
  auth: formAuth.optional().meta({
    title: 'Authentication',
    description: 'How requests are authenticated.',
    always_show: true,
    group: 'connection',
    order: 1,
  }),
  pagination: formPagination.optional().meta({
    title: 'Pagination',
    description: 'Where the next page is. Automatic looks at the first answer and says in the log what it chose.',
    always_show: true,
    group: 'requests',
    order: 2,
  }),
  request_headers: nameValue('header', '{secrets.NAME}').optional().meta({
    title: 'Request Headers',
    description: 'Sent with every request. For secret values write {secrets.NAME} and fill in Secrets.',
    group: 'requests',
    order: 3,
  }),
  streams: z.array(stream).optional().meta({
    title: 'Streams',
    description: 'One entry for each list of records to read.',
    always_show: true,
    group: 'requests',
    order: 4,
  }),
  secrets: z
    .string()
    .optional()
    .meta({
      title: 'Secrets',
      description:
        'Values of {secrets.NAME}, which any other field may hold. A line “NAME: value” for each (YAML), or a JSON object.',
      examples: ['api_key: 123456\ntoken: abcdef', '{"api_key": "123456"}'],
      airbyte_secret: true,
      multiline: true,
      always_show: true,
      group: 'secrets',
      order: 5,
    }),
  config: z
    .string()
    .optional()
    .meta({
      title: 'Configuration as Text',
      description:
        'The whole configuration in the vocabulary of dlt, as YAML or JSON. When filled in, of the fields above only Secrets is read.',
      examples: ['client:\n  base_url: https://api.example.com\nresources:\n- orders'],
      multiline: true,
      always_show: true,
      group: 'text',
      order: 6,
    }),
  client: hidden('Client', 7, 'Document: base_url, auth, paginator and settings of all requests.'),
  resource_defaults: hidden('Resource Defaults', 8, 'Document: merged into every resource.'),
  resources: hidden('Resources', 9, 'Document: the resources, one stream each.'),
  variables: hidden('Variables', 10, 'Document: values of {vars.NAME}.'),
  discover: hidden('Discover', 11, 'Document: how much is sampled to infer schemas.'),
  shard: hidden('Shard', 12, 'Document: the part of a sync that is split over several connections.'),
});

/** Headings of the form, by the `group` of its fields. */
export const groups = [
  {id: 'connection', title: 'Connection'},
  {id: 'requests', title: 'Requests'},
  {id: 'secrets', title: 'Secrets'},
  {id: 'text', title: 'In Place of Connection and Requests'},
];

export type Form = z.output<typeof form>;
export type FormStream = z.output<typeof stream>;
