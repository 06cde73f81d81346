import { answerDriver, repeat } from './bench-process.js';
import { openFloor } from './floor.js';

/** The bare graph, driving itself. */
const floor = await openFloor();
answerDriver(0, (runs, concurrency) =>
  repeat(runs, concurrency, () => floor.run('our VPN certificate expired, what now?')),
);
process.once('SIGTERM', () => process.exit(0));
