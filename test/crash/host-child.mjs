/* A host in a process of its own that can be killed. Its port goes to the parent by IPC. */
import { createApp } from '../../dist/src/app.setup.js';
import { loadConfig } from '../../dist/src/config/load-config.js';
import { createRuntime } from '../../dist/src/engine/runtime.js';

const dir = process.argv[2];
const config = loadConfig({ cwd: dir, env: {}, flags: { data: { dir }, samples: false } });
const runtime = await createRuntime({ config });
const app = await createApp(config, runtime);
await app.listen(0, '127.0.0.1');
process.send({ port: app.getHttpServer().address().port });
