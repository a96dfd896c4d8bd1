import * as z from 'zod';

const text = z.string().nullish();

/** Keys of both OAuth 2 types (config-language §3): dlt's, and the usual ones beside them. */
export const oauth2Keys = {
  token_url: text.meta({description: 'Where tokens are obtained; also access_token_url.'}),
  access_token_url: text.meta({description: 'As token_url.'}),
  client_id: z.string().meta({description: 'The application.'}),
  client_secret: text.meta({description: 'Its secret; from secrets when absent.', secret: true}),
  access_token: text.meta({description: 'A token to be used until it is refused.', secret: true}),
  scopes: z
    .union([z.string(), z.array(z.string())])
    .nullish()
    .meta({description: 'Sent as scope, a list separated by spaces.'}),
  grant_type: text.meta({description: 'Sent in place of the grant of the type.'}),
  access_token_request_data: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .nullish()
    .meta({description: 'Further members of the token request; they replace equally named ones.', secret: true}),
  default_token_expiration: z
    .number()
    .positive()
    .default(3600)
    .meta({description: 'Life of a token in seconds where the answer names none.'}),
  client_auth: z
    .enum(['body', 'basic'])
    .default('body')
    .meta({description: 'How the application shows who it is: in the form, or as HTTP Basic.'}),
};

const oauth2Schema = z.strictObject(oauth2Keys);

/** Their values. */
export type OAuth2Options = z.output<typeof oauth2Schema>;
