import {expect, test} from 'vitest';
import {checkResources} from '../../src/commands/check-resources.js';
import {readConfig} from '../../src/config/load.js';
import {Secrets} from '../../src/secrets.js';
import {planOf} from './scripted-read.js';

function chosen(resources: readonly object[], client: object = {}): readonly string[] {
  const document = {
    client: {base_url: 'https://api.example.com', auth: {type: 'bearer', token: 't0ken'}, ...client},
    resources,
  };
  const {config, problems} = readConfig({value: document}, {secrets: new Secrets()});
  if (config === undefined) throw new Error(JSON.stringify(problems));
  const parent = planOf('parent');
  const plans = config.resources.map(({name, endpoint, selected}) => {
    const isChild = endpoint?.path.includes('{resources.') === true;
    const relation = {plan: parent, fields: [], bound: 0, included: [], onMissing: 'skip', incremental: false} as const;
    return planOf(name, {selected, ...(isChild ? {parent: relation} : {})});
  });
  return checkResources(config, new Map(plans.map((plan) => [plan.name, plan]))).map(({name}) => name);
}

test('the first without a parent', () => {
  const child = {name: 'child', endpoint: 'users/{resources.users.id}/posts'};
  expect(chosen([child, {name: 'users'}, {name: 'others'}])).toEqual(['users']);
});

test('one for each authentication and host', () => {
  expect(
    chosen([
      {name: 'users'},
      {name: 'open', endpoint: {path: 'open', auth: null}},
      {name: 'own', endpoint: {path: 'own', auth: {type: 'bearer', token: 'an0ther'}}},
      {name: 'elsewhere', endpoint: {path: 'https://files.example.com/list'}},
      {name: 'again', endpoint: {path: 'https://files.example.com/more'}},
    ]),
  ).toEqual(['users', 'open', 'own', 'elsewhere']);
});

test('static parents are not requested, hidden and child streams only where there is no other', () => {
  expect(chosen([{name: 'hidden', selected: false}, {name: 'users'}])).toEqual(['users']);
  const child = {name: 'child', endpoint: 'users/{resources.hidden.id}/posts'};
  expect(chosen([{name: 'hidden', selected: false}, child])).toEqual(['hidden']);
  expect(
    chosen([
      {name: 'ids', records: [{id: 1}]},
      {name: 'c', endpoint: 'users/{resources.ids.id}'},
    ]),
  ).toEqual(['c']);
});

test('those that client.check.resources names, children too', () => {
  const resources = [{name: 'users'}, {name: 'child', endpoint: 'users/{resources.users.id}/posts'}];
  expect(chosen(resources, {check: {resources: ['child', 'users']}})).toEqual(['child', 'users']);
});
