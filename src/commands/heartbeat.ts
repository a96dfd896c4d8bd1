import type {Clock} from '../clock.js';

/** The platform gives up a source that printed neither RECORD nor STATE for hours; some hosts sooner. */
const silence = 600_000;

/**
 * Calls `beat` whenever nothing was printed for ten minutes (`lastData`: epoch ms), until the signal aborts. `beat`
 * prints what it can.
 */
export async function heartbeat(
  {clock, signal}: {readonly clock: Clock; readonly signal: AbortSignal},
  lastData: () => number,
  beat: () => Promise<void>,
): Promise<void> {
  let wait = silence;
  while (!signal.aborted) {
    try {
      await clock.sleep(wait, signal);
    } catch {
      return;
    }
    const quiet = clock.now() - lastData();
    if (quiet >= silence) await beat();
    wait = quiet < silence ? silence - quiet : silence;
  }
}
