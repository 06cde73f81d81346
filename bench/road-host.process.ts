import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../src/app.setup.js';
import { loadConfig } from '../src/config/load-config.js';
import { createRuntime } from '../src/engine/runtime.js';
import { answerDriver } from './bench-process.js';
import { zeroTimeModels } from './scripted-models.js';

/** The whole product with a model that takes no time: host, sockets, durable runs. */
const dir = await mkdtemp(join(tmpdir(), 'triagent-road-'));
const config = loadConfig({ cwd: dir, env: {}, flags: { data: { dir } } });
const runtime = await createRuntime({ config, models: zeroTimeModels });
const app = await createApp(config, runtime);
await app.listen(0, '127.0.0.1');
const bound = app.getHttpServer().address();
answerDriver(typeof bound === 'object' && bound ? bound.port : 0);
process.once('SIGTERM', () => process.exit(0));
