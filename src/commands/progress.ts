import type {Clock} from '../clock.js';
import {counted} from '../counted.js';
import {rate} from './numbers.js';
import {oneLine} from './people/screen.js';
import {clockTime, isWaitLine} from './wait-line.js';

/** How far a stream is, for who watches. */
export interface Watched {
  readonly name: string;
  readonly rows: number;
  readonly status: string;
  /** Epoch ms of its first message; undefined: it has not begun. */
  readonly since: number | undefined;
  /** Epoch ms until which it waits for the API. */
  readonly waitsUntil: number | undefined;
}

const redrawEvery = 100;

export interface ProgressOptions {
  readonly write: (text: string) => void;
  readonly terminal: boolean;
  readonly columns: number;
  readonly clock: Clock;
}

/** One line that is drawn again and again on a terminal; elsewhere nothing but what `say` is given. */
export class Progress {
  readonly #options: ProgressOptions;
  #drawnAt: number;
  #isDrawn = false;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#drawnAt = options.clock.now();
  }

  /** Cheap when it is called often. */
  update(streams: Iterable<Watched>): void {
    const {clock, terminal, columns, write} = this.#options;
    const now = clock.now();
    if (!terminal || now - this.#drawnAt < redrawEvery) return;
    this.#drawnAt = now;
    const parts = [...streams].filter(({status}) => status === 'running').map((stream) => text(stream, now));
    if (parts.length === 0) return;
    const line = parts.join('  |  ');
    write(`\r\u001b[K${line.length < columns ? line : `${line.slice(0, columns - 2)}…`}`);
    this.#isDrawn = true;
  }

  /** A line that stays. */
  say(line: string): void {
    this.clear();
    this.#options.write(`${line}\n`);
  }

  /** A line that stays, for who watches. */
  tell(line: string): void {
    if (this.#options.terminal) this.say(line);
  }

  clear(): void {
    if (this.#isDrawn) this.#options.write('\r\u001b[K');
    this.#isDrawn = false;
  }
}

/** What a child logs and people are to know: warnings, and who watches waits, which would look like a hang. */
export function sayLog(
  {level, message}: {readonly level: string; readonly message: string},
  progress: Progress | undefined,
): void {
  if (level === 'WARN') progress?.say(`! ${oneLine(message)}`);
  else if (level === 'INFO' && isWaitLine(message)) progress?.tell(oneLine(message));
}

function text({name, rows, since, waitsUntil}: Watched, now: number): string {
  const seconds = since === undefined ? 0 : (now - since) / 1_000;
  const parts = [counted(rows, 'record')];
  if (seconds > 0) parts.push(`${rate(rows / seconds)}/s`);
  if (waitsUntil !== undefined && waitsUntil > now) {
    parts.push(`waiting until ${clockTime(waitsUntil, now)}, the server asks to`);
  }
  return `${oneLine(name)}: ${parts.join(', ')}`;
}
