import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChatModels } from '../agents/ports.js';
import { createApp } from '../src/app.setup.js';
import { loadConfig } from '../src/config/load-config.js';
import { createRuntime } from '../src/engine/runtime.js';
import { answerDriver } from './bench-process.js';
import { zeroTimeModels } from './scripted-models.js';

/** Answers nothing: runs begin and wait, and what is measured is accepting them. */
const silentModels: ChatModels = { call: () => new Promise(() => undefined) };

const MODELS: Readonly<Record<string, ChatModels>> = { silent: silentModels, 'zero-time': zeroTimeModels };

/** The whole product over a data folder of its own, with the offline model or the one that the first argument names. */
const dir = await mkdtemp(join(tmpdir(), 'triagent-triage-'));
const config = loadConfig({
  cwd: dir,
  env: {},
  flags: { data: { dir }, tools: { network: false } },
});
const models = MODELS[process.argv[2] ?? ''];
const runtime = await createRuntime({ config, ...(models && { models }) });
const app = await createApp(config, runtime);
await app.listen(0, '127.0.0.1');
const bound = app.getHttpServer().address();
answerDriver(typeof bound === 'object' && bound !== null ? bound.port : 0);
process.once('SIGTERM', () => process.exit(0));
