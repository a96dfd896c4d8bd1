import {Output} from '../../src/airbyte/output.js';
import type {Sink} from '../../src/airbyte/stdout.js';
import type {StreamOptions} from '../../src/airbyte/stream-output.js';
import type {Batch} from '../../src/body/page.js';
import type {LogLevel} from '../../src/log.js';
import {Secrets} from '../../src/secrets.js';
import {FakeClock} from '../support/fake-clock.js';
import {Messages} from '../support/protocol.js';

/** A page of the given JSON texts, separated as in an array; `keys`: field 0 is the first match of this text in each. */
export function batchOf(texts: readonly string[], hazards?: Batch['hazards']): Batch {
  const bytes = Buffer.from(`[${texts.join(', ')}]`, 'utf8');
  const spans = new Int32Array(texts.length * 2);
  let at = 1;
  texts.forEach((text, index) => {
    const length = Buffer.byteLength(text, 'utf8');
    spans.set([at, at + length], 2 * index);
    at += length + 2;
  });
  return {bytes, count: texts.length, spans, fields: [], ...(hazards === undefined ? {} : {hazards})};
}

/** A sink that keeps what it gets, and the size of every write. */
export function collector(): {readonly sink: Sink; readonly text: () => string; readonly sizes: number[]} {
  const chunks: Buffer[] = [];
  const sizes: number[] = [];
  return {
    sizes,
    text: () => Buffer.concat(chunks).toString('utf8'),
    sink: {
      write(bytes, done) {
        chunks.push(Buffer.from(bytes));
        sizes.push(bytes.length);
        setImmediate(done);
      },
    },
  };
}

export function testOutput(
  options: {readonly sink?: Sink; readonly level?: LogLevel; readonly holdControl?: boolean} = {},
) {
  const kept = collector();
  const clock = new FakeClock({auto: false});
  const secrets = new Secrets();
  const output = new Output({
    sink: options.sink ?? kept.sink,
    clock,
    secrets,
    level: options.level ?? 'info',
    holdControl: options.holdControl ?? false,
  });
  const messages = async (): Promise<Messages> => {
    await output.flush();
    return new Messages(kept.text());
  };
  const stream = (given: Partial<StreamOptions> = {}) =>
    output.stream({stream: {name: 's'}, schemaless: false, replaceUnportable: false, key: [], ...given});
  return {output, clock, secrets, messages, stream, text: kept.text, sizes: kept.sizes};
}
