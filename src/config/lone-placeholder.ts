const contexts = /^(?:secrets|vars|resources|incremental|window|auth)\.[^{}]+$/;

/**
 * The text that an unquoted `{secrets.x}` was meant to be: YAML reads it as a map of that one name to null
 * (config-language §1). undefined where the name is no placeholder.
 */
export function lonePlaceholder(name: string): string | undefined {
  return contexts.test(name) ? `{${name}}` : undefined;
}
