/**
 * A body that cannot become a page. `syntax`: it is not what its format says (the caller repeats the request);
 * `selector`: its records are not where the configuration looks; `too_large`: beyond the size limit; `charset`: an
 * unknown encoding. The last three are for the user to settle. The message says what came, where, and what to write.
 */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  readonly kind: 'syntax' | 'selector' | 'too_large' | 'charset';

  constructor(kind: BodyError['kind'], message: string, options?: {readonly cause?: unknown}) {
    super(message, options);
    this.kind = kind;
  }
}
