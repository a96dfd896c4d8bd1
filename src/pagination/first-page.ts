import {withoutQuery} from '../http/placement.js';
import type {RequestBody, RequestSpec} from '../http/request.js';
import type {Json, JsonObject} from '../json/exact.js';
import {isJsonObject} from './place.js';

function withoutMember(value: JsonObject, [head, ...rest]: readonly string[]): JsonObject {
  const made: {[key: string]: Json} = Object.create(null);
  for (const [key, inner] of Object.entries(value)) {
    if (key !== head) made[key] = inner;
    else if (rest.length > 0) made[key] = isJsonObject(inner) ? withoutMember(inner, rest) : inner;
  }
  return made;
}

function bodyWithout(body: RequestBody, names: readonly string[]): RequestBody {
  switch (body.kind) {
    case 'text':
      return body;
    case 'form':
      return {...body, pairs: body.pairs.filter(([name]) => !names.includes(name))};
    case 'json': {
      if (!isJsonObject(body.value)) return body;
      const value = names.reduce(
        (made, name) => withoutMember(withoutMember(made, [name]), name.split('.')),
        body.value,
      );
      return {...body, value};
    }
  }
}

/** The request without the parameters and body members that only the first page takes (`first_page_only`). */
export function withoutFirstPageOnly(request: RequestSpec, names: readonly string[]): RequestSpec {
  if (names.length === 0) return request;
  const made = withoutQuery(request, names);
  return made.body === undefined ? made : {...made, body: bodyWithout(made.body, names)};
}
