/**
 * Why no whole answer came. `connection`: no answer at all; `timeout`: silence, or `total_timeout`; `cut`: the body is
 * incomplete; `too_large`: over a limit; `coding`: a content coding that cannot be undone; `address`: refused before connecting.
 * The message is for people; the client library's own error is not kept, because it carries the request with its credentials.
 */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly kind: 'connection' | 'timeout' | 'cut' | 'too_large' | 'coding' | 'address';

  constructor(kind: TransportError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}
