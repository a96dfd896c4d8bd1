import type {Descriptor} from '../airbyte/messages.js';
import type {Output} from '../airbyte/output.js';
import {ConnectorError, type FailureType} from '../errors.js';

/**
 * The order of TRACE ERRORs. The platform retries by the type of the first one, so what a retry can help is printed at once,
 * config_errors when the other streams have ended, and a summary of the first one's type last.
 */
export class Failures {
  readonly #output: Output;
  readonly #failed: string[] = [];
  readonly #kept: {readonly error: ConnectorError; readonly stream: Descriptor}[] = [];
  #first: FailureType | undefined;

  constructor(output: Output) {
    this.#output = output;
  }

  async add(error: ConnectorError, stream: Descriptor): Promise<void> {
    this.#failed.push(stream.name);
    const prefix = `${stream.name}: `;
    const reason = error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message;
    this.#output.error(`${stream.name} failed: ${reason}`);
    if (error.failureType === 'config_error') this.#kept.push({error, stream});
    else await this.#print(error, stream);
  }

  /** Prints what was kept back, and the summary. Returns whether any stream failed. */
  async end(streams: number): Promise<boolean> {
    for (const {error, stream} of this.#kept) await this.#print(error, stream);
    if (this.#failed.length > 1 && this.#first !== undefined) {
      const message = `${this.#failed.length} of ${streams} streams failed: ${this.#failed.join(', ')}`;
      await this.#output.failure(new ConnectorError(this.#first, message));
    }
    return this.#failed.length > 0;
  }

  async #print(error: ConnectorError, stream: Descriptor): Promise<void> {
    this.#first ??= error.failureType;
    await this.#output.failure(error, stream);
  }
}
