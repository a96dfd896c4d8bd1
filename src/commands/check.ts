import {StdoutClosed} from '../airbyte/stdout.js';
import {toConnectorError} from '../errors.js';
import {checkResources} from './check-resources.js';
import type {Command} from './command.js';
import {openSource} from './open-source.js';
import {commonOptions, configOption, speakProtocol} from './protocol.js';
import {sampleStream} from './sample-stream.js';
import {withinTime} from './time-limit.js';

export const command: Command = {
  summary: 'try the configuration and its credentials (Airbyte)',
  options: [configOption, ...commonOptions],
  example: 'check --config config.json',
  protocol: true,
  run: (invocation, host) =>
    speakProtocol(invocation, host, {holdControl: true}, async (output) => {
      try {
        await withinTime(invocation, host, async (limited) => {
          const {config, plans} = await openSource(invocation, host, output, {strict: true, ...limited});
          const effects = {clock: host.clock, log: output, signal: limited.signal};
          for (const plan of checkResources(config, plans)) {
            await sampleStream(plan, {pages: 1, records: 1}, effects);
            plan.notes.flush(output);
            output.info(`${plan.name}: its first page could be read`);
          }
        });
      } catch (thrown) {
        // What the user has to change is the answer; an outage or a bug of ours says nothing about the configuration.
        if (thrown instanceof StdoutClosed) throw thrown;
        const error = toConnectorError(thrown);
        if (error.failureType !== 'config_error') throw error;
        if (error.detail !== undefined) output.info(error.detail);
        await output.connectionStatus(error.message);
        return 0;
      }
      await output.connectionStatus(undefined);
      return 0;
    }),
};
