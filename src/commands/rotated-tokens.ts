import type {Output} from '../airbyte/output.js';
import type {Document} from '../config/document.js';
import {openText, openValue} from '../config/open-document.js';
import {writeBack} from '../config/write-back.js';
import {printExact} from '../json/exact.js';
import type {Segment} from '../json/path.js';

/**
 * Stores renewed tokens: each goes into the configuration as received, on top of those before it, and the whole is printed as
 * CONTROL. Resolves when it has left, so that no token is used that a crash would lose.
 */
export function rotatedTokens(
  received: Document,
  output: Output,
): (path: readonly Segment[], value: string) => Promise<void> {
  let current = received;
  const warned = new Set<string>();
  return async (path, value) => {
    const result = writeBack(current, path, value);
    if (result.stored) {
      current = result.text === undefined ? openValue(result.config) : openText(result.text);
      await output.control(printExact(result.config));
    } else if (!warned.has(result.reason)) {
      warned.add(result.reason);
      output.warn(`a renewed token is kept for this run only: ${result.reason}`);
    }
  };
}
