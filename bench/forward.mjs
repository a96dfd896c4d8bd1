import {Agent, get} from 'node:http';

/**
 * The limit for whoever writes what is read: fetches like `discard.mjs`, and writes each page to stdout as it came, without a
 * look at it, while the next one is on its way.
 */
const [url = '', total = '0', limit = '100'] = process.argv.slice(2);
const agent = new Agent({keepAlive: true, maxSockets: 1});
let written = Promise.resolve();
for (let offset = 0; offset <= Number(total); offset += Number(limit)) {
  const page = await new Promise((resolve, reject) => {
    get(`${url}/records?offset=${offset}&limit=${limit}`, {agent}, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve(chunks));
    }).on('error', reject);
  });
  await written;
  written = write(page);
}
agent.destroy();

async function write(page) {
  for (const chunk of page) await new Promise((resolve) => process.stdout.write(chunk, resolve));
}
