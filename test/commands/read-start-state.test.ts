import {expect, test} from 'vitest';
import {startState} from '../../src/commands/start-state.js';
import {planOf} from './scripted-read.js';

const plan = planOf('a', {fingerprint: '9f3c1b7d'});
const full = {mode: 'full_refresh', syncId: 41} as const;
const resume = {mode: 'full_refresh', sync_id: 41, request: '9f3c1b7d', at: 1_000};

test('what was given, with resume at the start', () => {
  expect(startState(undefined, plan, full, 1_000)).toEqual({v: 1, resume});
  expect(startState({v: 1, cursor: {id: 7}}, plan, full, 1_000)).toEqual({v: 1, cursor: {id: 7}, resume});
  expect(startState(undefined, plan, {mode: 'incremental', syncId: undefined}, 5)).toEqual({
    v: 1,
    resume: {mode: 'incremental', request: '9f3c1b7d', at: 5},
  });
});

test('a position that was given, another version and a foreign state stay as they are', () => {
  for (const given of [{v: 1, resume: {mode: 'incremental'}}, {v: 2}, {updated_at: '2026-01-01'}]) {
    expect(startState(given, plan, full, 1_000)).toBe(given);
  }
});

test('a stream that the configuration lacks keeps its state', () => {
  expect(startState({v: 1, cursor: {id: 7}}, undefined, full, 1_000)).toEqual({v: 1, cursor: {id: 7}});
  expect(startState(undefined, undefined, full, 1_000)).toEqual({v: 1});
});
