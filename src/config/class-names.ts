/** Classes of Airbyte's low-code manifests and of dlt, and other words for types: what is meant, or comes nearest, here. */
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
  JSONLinkPaginator: 'json_link',
  JSONResponsePaginator: 'json_link',
  HeaderLinkPaginator: 'header_link',
  HeaderCursorPaginator: 'header_cursor',
  JSONResponseCursorPaginator: 'cursor',
  OffsetPaginator: 'offset',
  PageNumberPaginator: 'page_number',
  SinglePagePaginator: 'single_page',
  BearerTokenAuth: 'bearer',
  APIKeyAuth: 'api_key',
  HttpBasicAuth: 'http_basic',
  OAuth2ClientCredentials: 'oauth2_client_credentials',
  none: 'single_page',
  no_auth: 'none',
};

/** The type to write for such a word; undefined for any other text. */
export const typeOfClass = (type: string): string | undefined => (Object.hasOwn(types, type) ? types[type] : undefined);
