import type {RequestSpec} from '../../src/http/request.js';
import {withQuery} from '../../src/http/url.js';

/** The URL of a request as it goes out. */
export const renderedUrl = (spec: RequestSpec): string => withQuery(spec.url, spec.query);
