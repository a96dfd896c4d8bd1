import * as z from 'zod';

const type = (name: string) => z.literal(name).meta({title: 'Type', order: 0});

/** Not required: a missing one is taken from `secrets`. */
const secret = (title: string, description: string, order: number, example?: string) =>
  z
    .string()
    .optional()
    .meta({
      title,
      description,
      airbyte_secret: true,
      always_show: true,
      order,
      ...(example === undefined ? {} : {examples: [example]}),
    });

const place = {
  location: z.enum(['header', 'query', 'cookie', 'body']).default('header').meta({
    title: 'Location',
    description: 'Where it is sent: in a header, a query parameter, a cookie or a member of the body.',
    always_show: true,
    order: 11,
  }),
  name: z
    .string()
    .optional()
    .meta({
      title: 'Name of the Header or Parameter',
      description: 'Or of the cookie or body member; Authorization when empty.',
      examples: ['X-Api-Key', 'api_key'],
      always_show: true,
      order: 12,
    }),
  prefix: z
    .string()
    .optional()
    .meta({
      title: 'Prefix',
      description: 'A word before it; one space follows.',
      examples: ['Token', 'Bearer'],
      order: 13,
    }),
};

const oauth = {
  token_url: z.string().meta({
    title: 'Token URL',
    description: 'The URL that issues access tokens.',
    examples: ['https://auth.example.com/oauth/token'],
    order: 1,
  }),
  client_id: z
    .string()
    .meta({title: 'Client ID', description: 'Identifies the application.', examples: ['my-app'], order: 2}),
  client_secret: secret('Client Secret', 'Secret of the application.', 3),
  scopes: z
    .array(z.string())
    .optional()
    .meta({
      title: 'Scopes',
      description: 'Permissions that are asked for; the usual ones when empty.',
      examples: [['read']],
      order: 5,
    }),
  client_auth: z.enum(['body', 'basic']).default('body').meta({
    title: 'Client Authentication',
    description: 'Where client ID and secret are sent: in the body, or as HTTP Basic.',
    order: 6,
  }),
};

/** Authentication in the web form: the language's types (config-language §3), `none` preselected. */
export const formAuth = z.discriminatedUnion('type', [
  z.strictObject({type: type('none')}).meta({title: 'None'}),
  z
    .strictObject({type: type('bearer'), token: secret('Token', 'Sent as Authorization: Bearer TOKEN.', 1)})
    .meta({title: 'Bearer Token'}),
  z
    .strictObject({
      type: type('api_key'),
      api_key: secret('API Key', 'The key as the API gave it to you.', 1),
      ...place,
    })
    .meta({title: 'API Key'}),
  z
    .strictObject({
      type: type('http_basic'),
      username: z
        .string()
        .optional()
        .meta({
          title: 'Username',
          description: 'May be empty.',
          examples: ['me@example.com'],
          always_show: true,
          order: 1,
        }),
      password: secret('Password', 'May be empty.', 2),
    })
    .meta({title: 'HTTP Basic'}),
  z.strictObject({type: type('oauth2_client_credentials'), ...oauth}).meta({title: 'OAuth 2.0 Client Credentials'}),
  z
    .strictObject({
      type: type('oauth2_refresh_token'),
      ...oauth,
      refresh_token: secret('Refresh Token', 'A new one that the server returns is stored here.', 4),
    })
    .meta({title: 'OAuth 2.0 Refresh Token'}),
  z
    .strictObject({
      type: type('session_token'),
      login_path: z.string().meta({
        title: 'Login Path',
        description: 'Path or URL of the login request.',
        examples: ['/auth/login'],
        order: 1,
      }),
      login_method: z.enum(['POST', 'GET', 'PUT']).default('POST').meta({
        title: 'Login Method',
        description: 'HTTP method of the login request.',
        order: 2,
      }),
      login_body: secret(
        'Login Body',
        'JSON body of the login request.',
        3,
        '{"user": "me", "pass": "{secrets.pass}"}',
      ).meta({multiline: true}),
      token_path: z.string().meta({
        title: 'Path of the Token',
        description: 'Where the token is in the answer (JSONPath).',
        examples: ['access_token', 'data.session.id'],
        order: 4,
      }),
      ...place,
    })
    .meta({title: 'Session Token (Login)'}),
]);
