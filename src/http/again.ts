/** What an attempt throws to be repeated after a wait. */
export class Again extends Error {
  override readonly name = 'Again';
  /** Awaited before the next attempt; rejects when the run is aborted. */
  readonly wait: () => Promise<void>;

  constructor(wait: () => Promise<void>) {
    super('again');
    this.wait = wait;
  }
}
