export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Text for people. Implementations redact; callers never put secrets in on purpose. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Something worth saying once per stream: `key` identifies the matter, the first text is kept, counts add up. */
export interface Note {
  readonly level: 'warn' | 'info';
  readonly key: string;
  readonly text: string;
  /** How often it happened; 1 when absent. */
  readonly count?: number;
}

/**
 * Collects a stream's warnings and notices and logs each once, with its count (config-language, *Warnings*).
 * `flush` may be called several times: only what is new since then is logged.
 */
export class Notes {
  readonly #stream: string;
  readonly #entries = new Map<string, {note: Note; count: number; logged: boolean}>();
  readonly #late: (() => Note | undefined)[] = [];

  constructor(stream: string) {
    this.#stream = stream;
  }

  add(note: Note): void {
    const entry = this.#entries.get(note.key);
    if (entry === undefined) this.#entries.set(note.key, {note, count: note.count ?? 1, logged: false});
    else entry.count += note.count ?? 1;
  }

  /** What only the end shows: asked at each flush until it says something. */
  atEnd(source: () => Note | undefined): void {
    this.#late.push(source);
  }

  flush(log: Log): void {
    for (const source of this.#late) {
      const note = source();
      if (note !== undefined && !this.#entries.has(note.key)) this.add(note);
    }
    for (const entry of this.#entries.values()) {
      if (entry.logged) continue;
      entry.logged = true;
      const times = entry.count > 1 ? ` (${entry.count} times)` : '';
      log[entry.note.level](`${this.#stream}: ${entry.note.text}${times}`);
    }
  }
}
