import type {Clock} from '../clock.js';
import type {ConnectorError} from '../errors.js';
import type {Log, LogLevel} from '../log.js';
import type {Secrets} from '../secrets.js';
import {
  analyticsMessage,
  catalogMessage,
  connectionStatus,
  controlLine,
  type Descriptor,
  errorMessage,
  logMessage,
  type Redact,
} from './messages.js';
import type {AirbyteStream, SpecMessage} from './protocol.generated.js';
import {type Sink, Stdout} from './stdout.js';
import {type StreamOptions, StreamOutput} from './stream-output.js';

const order: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

export interface OutputOptions {
  readonly sink: Sink;
  readonly clock: Clock;
  readonly secrets: Secrets;
  /** Messages below it are not printed. */
  readonly level: LogLevel;
  /** CONTROL waits for the answer: check and discover, where a host takes the first line as the answer. */
  readonly holdControl?: boolean;
}

/**
 * The only way to stdout of the protocol commands. Text for people is redacted; RECORD, STATE, CONTROL and CATALOG are data
 * and go out as they are. Every method keeps the order of its calls.
 */
export class Output implements Log {
  readonly #stdout: Stdout;
  readonly #clock: Clock;
  readonly #level: number;
  readonly #redact: Redact;
  #worded: (text: string) => string = (text) => text;
  #holdControl: boolean;
  readonly #pulse: {at: number};
  #heldControl: string | undefined;

  constructor({sink, clock, secrets, level, holdControl = false}: OutputOptions) {
    this.#stdout = new Stdout(sink);
    this.#clock = clock;
    this.#level = order.indexOf(level);
    this.#redact = (text) => secrets.redact(this.#worded(text));
    this.#holdControl = holdControl;
    this.#pulse = {at: clock.now()};
  }

  /** Epoch ms of the last RECORD or STATE, of the start before the first: only they count as signs of life. */
  get lastData(): number {
    return this.#pulse.at;
  }

  /** From now on messages pass through `worded`, which names places as the user wrote the configuration. */
  nameBy(worded: (text: string) => string): void {
    this.#worded = worded;
  }

  /** Whether messages of this level are printed. */
  shows(level: LogLevel): boolean {
    return order.indexOf(level) >= this.#level;
  }

  debug(message: string): void {
    this.#log('debug', message);
  }

  info(message: string): void {
    this.#log('info', message);
  }

  warn(message: string): void {
    this.#log('warn', message);
  }

  error(message: string): void {
    this.#log('error', message);
  }

  stream(options: StreamOptions): StreamOutput {
    return new StreamOutput(options, {
      stdout: this.#stdout,
      clock: this.#clock,
      log: this,
      pulse: this.#pulse,
    });
  }

  spec(spec: SpecMessage['spec']): Promise<void> {
    return this.#answer({type: 'SPEC', spec});
  }

  /** `problem`: why the check failed; undefined: it succeeded. */
  connectionStatus(problem: string | undefined): Promise<void> {
    return this.#answer(connectionStatus(problem, this.#redact));
  }

  catalog(streams: readonly AirbyteStream[]): Promise<void> {
    return this.#answer(catalogMessage(streams));
  }

  /** TRACE ANALYTICS; `value` is redacted. */
  async analytics(type: string, value: string): Promise<void> {
    await this.#stdout.line(() => JSON.stringify(analyticsMessage(type, this.#redact(value), this.#clock.now())));
  }

  /** TRACE ERROR: the platform shows it and retries by the failure type of the first one. */
  async failure(error: ConnectorError, stream?: Descriptor): Promise<void> {
    await this.#stdout.line(() => JSON.stringify(errorMessage(error, this.#clock.now(), this.#redact, stream)));
    await this.releaseControl();
  }

  /** The whole stored configuration, as JSON text, after a token in it was renewed. Resolves when it has left. */
  async control(config: string): Promise<void> {
    if (this.#holdControl) {
      this.#heldControl = config;
      return;
    }
    await this.#stdout.line(() => controlLine(config, this.#clock.now()));
    await this.flush();
  }

  /** Prints a CONTROL that waited for an answer; also when none came. From then on none waits. */
  async releaseControl(): Promise<void> {
    this.#holdControl = false;
    const config = this.#heldControl;
    if (config === undefined) return;
    this.#heldControl = undefined;
    await this.#stdout.line(() => controlLine(config, this.#clock.now()));
  }

  /** Resolves when every line so far was taken by the other side. Throws StdoutClosed. */
  flush(): Promise<void> {
    return this.#stdout.flush();
  }

  #log(level: LogLevel, message: string): void {
    if (!this.shows(level)) return;
    const line = JSON.stringify(logMessage(level, message, this.#redact));
    // A closed stdout shows at the next awaited line.
    this.#stdout.line(() => line).catch(() => undefined);
  }

  async #answer(message: unknown): Promise<void> {
    await this.#stdout.line(() => JSON.stringify(message));
    await this.releaseControl();
  }
}
