/**
 * A body that cannot become a page. `syntax`: it is not what its format says (the caller repeats the request); `format`: it
 * is in another format, whole and sound; `selector`: its records are not where the configuration looks; `too_large`: beyond
 * the size limit; `charset`: an unknown encoding. All but the first are for the user to settle. The message says what came, where, and what to write.
 */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  readonly kind: 'syntax' | 'format' | 'selector' | 'too_large' | 'charset';

  constructor(kind: BodyError['kind'], message: string, options?: {readonly cause?: unknown}) {
    super(message, options);
    this.kind = kind;
  }
}
