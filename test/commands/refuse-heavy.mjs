import {register} from 'node:module';

// Fails for the libraries that `spec` must not load.
register(
  `data:text/javascript,${encodeURIComponent(`
    export function resolve(specifier, context, next) {
      if (/^(zod|axios|axios-retry|yaml)(\\/|$)/.test(specifier)) throw new Error('loaded ' + specifier);
      return next(specifier, context);
    }`)}`,
);
