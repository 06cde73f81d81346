import { benchModelCall } from './model-call.bench.js';
import { benchRoad } from './road.bench.js';
import { benchTriages } from './triage.bench.js';

/** Every benchmark reports ratios measured side by side in one run; absolute times belong to the machine. */
for (const bench of [benchRoad, benchModelCall, benchTriages])
  for (const line of await bench()) process.stdout.write(`${line}\n`);
