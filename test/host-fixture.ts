import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../src/app.setup.js';
import { type Config, configSchema } from '../src/config/config.schema.js';
import { type Environment, readProviders } from '../src/config/environment.js';
import { packageRoot } from '../src/config/package-root.js';
import { createRuntime, type Runtime } from '../src/engine/runtime.js';

/** A host on a free port over a data folder of its own. */
export interface TestHost {
  readonly url: string;
  readonly port: number;
  readonly app: NestFastifyApplication;
  readonly runtime: Runtime;
  /** Stops the host; runs get `drainMs` to reach a safe point. */
  close(drainMs?: number): Promise<void>;
}

export interface TestHostOptions {
  readonly auth?: Partial<Config['auth']>;
  readonly server?: Partial<Config['server']>;
  readonly samples?: boolean;
  /** A data folder that outlives the host; without it the host has one of its own and removes it. */
  readonly dir?: string;
  readonly models?: unknown;
  /** The packaged prompts by default. */
  readonly prompts?: Config['prompts'];
  /** Where provider keys are read from; empty by default. */
  readonly env?: Environment;
}

export const makeDataDir = (): Promise<string> => mkdtemp(join(tmpdir(), 'triagent-e2e-'));

/** Starts a host with the offline model on 127.0.0.1. */
export async function startHost(options: TestHostOptions = {}): Promise<TestHost> {
  const dir = options.dir ?? (await makeDataDir());
  const settings = configSchema.parse({
    server: { port: 0, ...options.server },
    data: { dir },
    samples: options.samples ?? true,
    auth: options.auth ?? {},
    models: options.models ?? {},
    tools: { network: 'off' },
  });
  const config: Config = {
    ...settings,
    prompts: options.prompts ?? { dir: join(packageRoot(), 'prompts') },
    providers: readProviders(options.env ?? {}),
    unusedKeys: [],
  };
  const runtime = await createRuntime({ config });
  const app = await createApp(config, runtime);
  await app.listen(0, '127.0.0.1');
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    app,
    runtime,
    async close(drainMs = 1_000) {
      // In the order of `serve`: sockets stay open while runs reach a safe point.
      await runtime.close({ drainMs });
      await app.close();
      if (options.dir === undefined) await rm(dir, { recursive: true, force: true });
    },
  };
}
