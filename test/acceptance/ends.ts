import type {Ended} from '../support/run-cli.js';

/** The end of a process as hosts see it: its code, the signal, and stderr, where nothing may ever stand. */
export const endOf = ({code, signal, stderr}: Ended): unknown[] => [code, signal, stderr];
export const fine = [0, null, ''];
export const failed = [1, null, ''];
