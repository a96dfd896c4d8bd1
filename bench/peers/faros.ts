import {spawnSync} from 'node:child_process';
import {existsSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {cacheFolder, type Peer} from './peer.js';

/** faros-airbyte-cdk: the TypeScript CDK. Three of its dependencies are undeclared and installed beside it. */
export const faros: Peer = {
  name: 'faros-airbyte-cdk 0.23',
  prepare(url, page) {
    const folder = cacheFolder('faros');
    const file = (name: string) => join(folder, name);
    if (!existsSync(file('node_modules/faros-airbyte-cdk'))) {
      writeFileSync(file('package.json'), '{"private": true}');
      const packages = ['faros-airbyte-cdk@0.23.19', 'axios@1', 'commander@13', 'lodash', 'faros-js-client'];
      const done = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...packages], {
        cwd: folder,
        stdio: 'ignore',
      });
      if (done.status !== 0) return undefined;
    }
    writeFileSync(file('source.cjs'), source);
    writeFileSync(file('config.json'), JSON.stringify({base_url: url, limit: page}));
    const stream = {
      name: 'resource',
      json_schema: {type: 'object', properties: {}},
      supported_sync_modes: ['full_refresh'],
    };
    const catalog = {streams: [{stream, sync_mode: 'full_refresh', destination_sync_mode: 'append'}]};
    writeFileSync(file('catalog.json'), JSON.stringify(catalog));
    return {
      parameters: [file('source.cjs'), 'read', '--config', file('config.json'), '--catalog', file('catalog.json')],
    };
  },
};

const source = `
const {AirbyteSourceBase, AirbyteSourceLogger, AirbyteSourceRunner, AirbyteSpec, AirbyteStreamBase, SyncMode} = require('faros-airbyte-cdk');
const axios = require('axios');
class Resource extends AirbyteStreamBase {
  constructor(config, logger) { super(logger); this.config = config; }
  get name() { return 'resource'; }
  get primaryKey() { return 'id'; }
  getJsonSchema() { return {type: 'object', properties: {id: {type: 'integer'}}}; }
  async *readRecords() {
    const client = axios.create({baseURL: this.config.base_url});
    for (let offset = 0; ; offset += this.config.limit) {
      const {data} = await client.get('/records', {params: {offset, limit: this.config.limit}});
      yield* data.data;
      if (data.data.length < this.config.limit) return;
    }
  }
}
class Source extends AirbyteSourceBase {
  get type() { return 'bench'; }
  async spec() { return new AirbyteSpec({connectionSpecification: {type: 'object', properties: {}}}); }
  async checkConnection() { return [true, undefined]; }
  streams(config) { return [new Resource(config, this.logger)]; }
}
const logger = new AirbyteSourceLogger();
new AirbyteSourceRunner(logger, new Source(logger)).mainCommand().parseAsync(process.argv);
`;
