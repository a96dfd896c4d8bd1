// Preloaded into every measured process: writes its own resource usage when it ends.
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';

process.on('exit', () => {
  const {userCPUTime, systemCPUTime, maxRSS} = process.resourceUsage();
  const folder = process.env.BENCH_USAGE;
  if (folder !== undefined)
    writeFileSync(
      join(folder, `${process.pid}.json`),
      JSON.stringify({cpu: (userCPUTime + systemCPUTime) / 1e6, rss: maxRSS / 1024}),
    );
});
