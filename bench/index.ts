import { benchRoad } from './road.bench.js';

/** Every benchmark reports ratios measured side by side in one run; absolute times belong to the machine. */
for (const line of await benchRoad()) process.stdout.write(`${line}\n`);
