// Preloaded into the measured process: writes its own resource usage when it ends.
import {writeFileSync} from 'node:fs';

process.on('exit', () => {
  const {userCPUTime, systemCPUTime, maxRSS} = process.resourceUsage();
  const file = process.env.BENCH_USAGE;
  if (file !== undefined)
    writeFileSync(file, JSON.stringify({cpu: (userCPUTime + systemCPUTime) / 1e6, rss: maxRSS / 1024}));
});
