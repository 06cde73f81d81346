import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { fault } from '../../agents/contracts/index.js';
import { createApp } from '../app.setup.js';
import type { Config } from '../config/config.schema.js';
import type { Runtime } from '../engine/runtime.js';
import { type CommandModule, EXIT, type ExitCode } from './command-module.js';
import { localPrincipal, startRuntime } from './local.desk.js';
import { commonOptions, configOf, parseOptions } from './options.js';
import type { Output } from './output.js';

const serveOptions = commonOptions.extend({
  host: z.string().min(1).optional(),
  port: z.coerce.number().int().min(0).max(65_535).optional(),
});

/** A drain ends within 10 s: the runs get most of it, the sockets the rest. */
const DRAIN = { runsMs: 8_000, allMs: 9_500 };

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

type App = Awaited<ReturnType<typeof createApp>>;

/** `triagent serve`: the host, until SIGTERM or SIGINT drains it. */
export const serveCommand: CommandModule = {
  define: (command) =>
    command
      .option('--port <number>', 'port to listen on; 0 takes a free one')
      .option('--host <address>', 'address to listen on'),
  async run(_args, given, output) {
    const { host, port, ...options } = parseOptions(serveOptions, given);
    const config = configOf(options, { server: { host, port } });
    const stop = stopSignal();
    const runtime = await startRuntime(config, output);
    let app: App | undefined;
    try {
      app = await createApp(config, runtime);
      const url = await listen(app, config);
      await announce(url, config, runtime, options.tenant, output);
      await stop;
      output.note('draining; a second signal stops at once');
    } catch (error) {
      await Promise.all([runtime.close(), app?.close()]);
      throw error;
    }
    return drain(app, runtime, output);
  },
};

/** Resolves at the first signal; the next one ends the process as it would without us. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      for (const signal of STOP_SIGNALS) process.off(signal, stop);
      resolve();
    };
    for (const signal of STOP_SIGNALS) process.on(signal, stop);
  });
}

async function listen(app: App, { server }: Config): Promise<string> {
  try {
    await app.listen(server.port, server.host);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw fault('PORT_IN_USE', { detail: `Port ${server.port} is taken.`, cause });
    throw fault('LISTEN_FAILED', {
      detail: `The host cannot listen there (${code ?? 'no reason given'}).`,
      cause,
    });
  }
  const bound = app.getHttpServer().address();
  if (bound === null || typeof bound === 'string')
    throw fault('LISTEN_FAILED', { detail: 'The host has no address.' });
  return `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`;
}

/** The one line that ends the start: what runs where, with what, and what to do next. */
async function announce(
  url: string,
  config: Config,
  runtime: Runtime,
  tenant: string,
  output: Output,
): Promise<void> {
  const { articles } = await runtime.knowledge.stats(localPrincipal(tenant));
  const models = [...new Set(Object.values(runtime.models))].join(', ');
  const next = `npx triagent ask --url ${url} "our VPN certificate expired, what now?"`;
  output.data({
    url,
    models: runtime.models,
    articles,
    networkTools: config.tools.network,
    unusedKeys: config.unusedKeys,
    next,
  });
  const unused = config.unusedKeys.map(
    ({ variable, setting }) => ` · ${variable} is set but not used (\`${setting}\` would)`,
  );
  output.print(
    `Triagent on ${url} · model ${models} · ${articles} articles · network tools ${config.tools.network ? 'on' : 'off'}` +
      `${unused.join('')} · next: ${next}`,
  );
}

async function drain(app: App, runtime: Runtime, output: Output): Promise<ExitCode> {
  const closed = runtime
    .close({ drainMs: DRAIN.runsMs })
    .then(() => app.close())
    .then(() => true);
  if (await Promise.race([closed, wait(DRAIN.allMs, false, { ref: false })])) return EXIT.done;
  output.note('the drain took too long; what was left goes on at the next start');
  process.exit(EXIT.failed);
}
