import type {Json} from '../json/exact.js';
import {compareKeys} from './keys.js';
import type {Frame} from './range.js';

/** a lies before b in the direction in which the cursor moves; false where either is no value of its type. */
export function isBefore(frame: Frame | undefined, a: Json, b: Json | undefined): boolean {
  const {kind} = frame?.type ?? {};
  if (frame === undefined || kind === undefined || b === undefined) return false;
  const keyA = frame.type.keyOf({json: a});
  const keyB = frame.type.keyOf({json: b});
  if (keyA === undefined || keyB === undefined) return false;
  return compareKeys(kind, keyA, keyB) * (frame.plan.func === 'min' ? -1 : 1) < 0;
}

/** The one that the cursor reaches later. */
export function later(frame: Frame | undefined, a: Json | undefined, b: Json | undefined): Json | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return isBefore(frame, a, b) ? b : a;
}
