import {readFileSync} from 'node:fs';
import {Ajv} from 'ajv';

/** A node of spec.json's JSON Schema, as far as a form reads it. */
export interface Node {
  readonly type?: string;
  readonly title?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly oneOf?: readonly Node[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly pattern?: string;
  readonly airbyte_hidden?: boolean;
  readonly airbyte_secret?: boolean;
  readonly always_show?: boolean;
  readonly group?: string;
}

const payload: {readonly connectionSpecification: Node} = JSON.parse(readFileSync('spec.json', 'utf8'));

/** What the platform makes its form from. */
export const specification: Node = payload.connectionSpecification;

const validator = new Ajv({strict: false, validateFormats: false}).compile(specification);

/** What the platform's server finds wrong with a configuration; undefined: it is stored. */
export function refused(configuration: unknown): string | undefined {
  return validator(configuration) ? undefined : JSON.stringify(validator.errors);
}

/** The branch of a oneOf that a value chooses. */
export function branchOf(node: Node, value: unknown): Node | undefined {
  const type = isObject(value) ? value['type'] : undefined;
  return node.oneOf?.find((branch) => branch.properties?.['type']?.const === type);
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
