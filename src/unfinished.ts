/**
 * Work that the process does not end before, whatever stops the command: a refresh token that is being exchanged exists nowhere
 * but in the answer that is on its way.
 */
export class Unfinished {
  readonly #works = new Set<Promise<unknown>>();

  get isEmpty(): boolean {
    return this.#works.size === 0;
  }

  /** Returns the work itself. */
  keep<T>(work: Promise<T>): Promise<T> {
    this.#works.add(work);
    const done = (): void => void this.#works.delete(work);
    work.then(done, done);
    return work;
  }

  /** Resolves when all of it has ended, well or not. */
  async settled(): Promise<void> {
    while (!this.isEmpty) await Promise.allSettled(this.#works);
  }
}
