import {compileEngine, fitsEngine} from './scan-engine.js';
import type {Scanner, ScanPlan} from './scan-plan.js';
import {compileWalk} from './scan-walk.js';
import {compileWants} from './wants.js';

/**
 * A scanner for a plan: one strict pass (RFC 8259), iterative, without an object per record. Of duplicate keys the last one
 * counts. Texts of the usual sizes go through the engine in WebAssembly; what that leaves, and every error, is the walk's.
 */
export function compileScan(plan: ScanPlan): Scanner {
  const root = compileWants(plan.records, plan.fields, plan.facts);
  const general = compileWalk(root, plan);
  let engine: Scanner | undefined;
  return (bytes, start, end) => {
    if (!fitsEngine(end - start)) return general(bytes, start, end);
    engine ??= compileEngine(root, plan, general);
    return engine(bytes, start, end);
  };
}
