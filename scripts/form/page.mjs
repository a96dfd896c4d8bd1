// The form of spec.json as Airbyte lays it out: groups as cards, a oneOf as a list of its branches' titles, secrets masked, what is
// optional and not `always_show` folded away. Airbyte shows a description behind an icon; here it stands below its field.
import Form from '@rjsf/core';
import validator from '@rjsf/validator-ajv8';
import {createElement as h} from 'react';
import {flushSync} from 'react-dom';
import {createRoot} from 'react-dom/client';

const {schema, filled, unfold} = JSON.parse(document.getElementById('input').textContent);
// Keys that are not of JSON Schema, and one that lets the library add fields to a choice.
const own = new Set([
  'airbyte_secret',
  'airbyte_hidden',
  'always_show',
  'group',
  'order',
  'multiline',
  'groups',
  'pattern_descriptor',
  'additionalProperties',
]);

/** How each part is shown, from the keywords that are Airbyte's own. */
function lookOf(node) {
  const look = {};
  if (node.airbyte_hidden || node.const !== undefined) look['ui:widget'] = 'hidden';
  else if (node.multiline) look['ui:widget'] = 'textarea';
  else if (node.airbyte_secret) look['ui:widget'] = 'password';
  if (node.type === 'array' && node.items.type === 'string') look['ui:field'] = 'tags';
  const [example] = node.examples ?? [];
  if (example !== undefined && !Array.isArray(example)) look['ui:placeholder'] = String(example);
  look['ui:options'] = {always: node.always_show === true, group: node.group, order: node.order};
  for (const [name, member] of Object.entries(node.properties ?? {})) look[name] = lookOf(member);
  if (node.items?.properties) look.items = lookOf(node.items);
  if (node.oneOf) look.oneOf = node.oneOf.map(lookOf);
  return look;
}

/** Without the keywords that the library's validator does not know; hidden fields are left out, as Airbyte does. */
function known(node) {
  if (Array.isArray(node)) return node.map(known);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).filter(([key, value]) => !own.has(key) && value?.airbyte_hidden !== true);
  return Object.fromEntries(entries.map(([key, value]) => [key, known(value)]));
}

const optionsOf = (element) => element.content.props.uiSchema?.['ui:options'] ?? {};
const inOrder = (elements) => elements.toSorted((a, b) => optionsOf(a).order - optionsOf(b).order);
const contents = (elements) => elements.map((element) => element.content);

function ObjectFieldTemplate({formData, properties, schema: node, title, description, fieldPathId}) {
  const shown = inOrder(properties.filter(({hidden}) => !hidden));
  const isRoot = fieldPathId.path.length === 0;
  if (isRoot) {
    return schema.groups.map(({id, title: heading}) =>
      h('section', {key: id}, h('h2', null, heading), contents(shown.filter((at) => optionsOf(at).group === id))),
    );
  }
  const isOpen = (at) => optionsOf(at).always || node.required?.includes(at.name);
  if (shown.length === 0) return null;
  const folded = shown.filter((at) => !isOpen(at));
  const isItem = typeof fieldPathId.path.at(-1) === 'number';
  const isBranch = node.properties?.type?.const !== undefined;
  const heading =
    title && !isBranch && node.oneOf === undefined
      ? h('label', {className: 'name'}, isItem ? formData.name : title)
      : null;
  return h(
    'div',
    {className: heading && !isItem ? 'object framed' : 'object'},
    heading,
    heading && description ? h('p', null, description) : null,
    contents(shown.filter(isOpen)),
    folded.length === 0 ? null : h('details', {open: unfold}, h('summary', null, 'Optional fields'), contents(folded)),
  );
}

function FieldTemplate({id, label, required, hidden, rawDescription, children, displayLabel, rawErrors, schema: node}) {
  if (hidden) return h('div', {hidden: true}, children);
  const named = displayLabel || node.oneOf !== undefined;
  return h(
    'div',
    {className: 'field'},
    named && label
      ? h('label', {className: 'name', htmlFor: id}, label, required ? null : h('i', null, 'Optional'))
      : null,
    named && rawDescription ? h('p', null, rawDescription) : null,
    children,
    rawErrors?.length ? h('p', {className: 'error'}, rawErrors.join('; ')) : null,
  );
}

function ArrayFieldTemplate({title, schema: node, items}) {
  return h(
    'div',
    {className: 'field'},
    h('label', {className: 'name'}, title, h('i', null, 'Optional')),
    h('p', null, node.description),
    items,
    h('button', {type: 'button'}, '+ Add'),
  );
}

const ArrayFieldItemTemplate = ({children}) => h('div', {className: 'item'}, children);

/** Texts in a list, as Airbyte's tags. */
function Tags({schema: node, formData = [], name}) {
  const [example = []] = node.examples ?? [];
  return h(
    'div',
    {className: 'field'},
    h('label', {className: 'name'}, node.title ?? name, h('i', null, 'Optional')),
    h('p', null, node.description),
    h(
      'div',
      {className: 'tags'},
      formData.map((text) => h('span', {key: text}, text)),
      formData.length === 0 ? h('em', null, example.join(', ')) : null,
    ),
  );
}

const props = {
  schema: known(schema),
  uiSchema: {...lookOf(schema), 'ui:submitButtonOptions': {norender: true}},
  formData: filled,
  validator,
  liveValidate: true,
  fields: {tags: Tags},
  templates: {ObjectFieldTemplate, FieldTemplate, ArrayFieldTemplate, ArrayFieldItemTemplate},
};
let form;
const body = document.getElementById('form');
flushSync(() => createRoot(body).render(h(Form, {...props, ref: (made) => (form = made ?? form)})));

// What the script beside this page reads out of the browser: the page's height, what a save would send, what is not valid.
const {errors} = validator.validateFormData(form.state.formData, props.schema);
const output = {height: body.scrollHeight, sends: form.state.formData, errors: errors.map(({stack}) => stack)};
document.getElementById('output').textContent = JSON.stringify(output);
