import type {Log} from '../../log.js';

/** What a run says beside its rows: each text once, to be shown in its place. */
export class CollectedLog implements Log {
  readonly #warnings = new Set<string>();
  readonly #notices = new Set<string>();

  get warnings(): readonly string[] {
    return [...this.#warnings];
  }

  get notices(): readonly string[] {
    return [...this.#notices];
  }

  debug(): void {}

  info(message: string): void {
    this.#notices.add(message);
  }

  warn(message: string): void {
    this.#warnings.add(message);
  }

  error(message: string): void {
    this.#warnings.add(message);
  }
}
