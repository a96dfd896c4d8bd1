/** Types of Airbyte's low-code manifests, and what comes nearest here. */
const types: Readonly<Record<string, string>> = {
  BearerAuthenticator: 'bearer',
  ApiKeyAuthenticator: 'api_key',
  BasicHttpAuthenticator: 'http_basic',
  OAuthAuthenticator: 'oauth2_refresh_token',
  SessionTokenAuthenticator: 'session_token',
  NoAuth: 'none',
  OffsetIncrement: 'offset',
  PageIncrement: 'page_number',
  CursorPagination: 'cursor',
  NoPagination: 'single_page',
};

/** The type to write for one of a low-code manifest; undefined for any other text. */
export const lowCodeType = (type: string): string | undefined => (Object.hasOwn(types, type) ? types[type] : undefined);
