import {Agent, get} from 'node:http';

/** The transport limit: fetches every page over one keep-alive connection, one request at a time, and throws the bytes away. */
const [url = '', total = '0', limit = '100'] = process.argv.slice(2);
const agent = new Agent({keepAlive: true, maxSockets: 1});
let bytes = 0;
for (let offset = 0; offset <= Number(total); offset += Number(limit)) {
  await new Promise((resolve, reject) => {
    get(`${url}/records?offset=${offset}&limit=${limit}`, {agent}, (response) => {
      response.on('data', (chunk) => {
        bytes += chunk.length;
      });
      response.on('end', resolve);
    }).on('error', reject);
  });
}
agent.destroy();
process.stdout.write(`${bytes}\n`);
