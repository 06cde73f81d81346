#!/usr/bin/env node
// Runs on any Node since 18: it finds Node 24, and only then loads the program.
const NEEDED = 24;
const root = new URL('../', import.meta.url);

if (Number.parseInt(process.versions.node, 10) < NEEDED) await runOnNewerNode();
else await runHere();

async function runHere() {
  if (process.channel) {
    // The launcher below holds the other end: when it is killed, nothing may live on and hold the data folder.
    process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
    process.channel.unref();
  }
  const { existsSync } = await import('node:fs');
  const { enableCompileCache } = await import('node:module');
  const program = new URL('dist/src/cli.js', root);
  if (!existsSync(program)) refuse('Triagent is not built yet.', 'Run `npm run build`.');
  enableCompileCache();
  await import(program.href);
}

async function runOnNewerNode() {
  const { spawn } = await import('node:child_process');
  const { existsSync } = await import('node:fs');
  const { constants } = await import('node:os');
  const { fileURLToPath } = await import('node:url');
  const node = fileURLToPath(new URL('node_modules/.bin/node', root));
  if (!existsSync(node)) {
    refuse(
      `Triagent needs Node ${NEEDED} or newer; this is ${process.versions.node}.`,
      'Install it, or run `npm ci` in the checkout, which brings one.',
    );
  }
  const child = spawn(node, process.argv.slice(1), { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  child.once('error', (error) =>
    refuse(`Node ${NEEDED} cannot be started: ${error.message}`, 'Run `npm ci` again.'),
  );
  child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
  // A terminal sends Ctrl-C to both processes; passing it on would count twice.
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  process.on('SIGINT', () => onTerminal || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
}

function refuse(problem, next) {
  process.stderr.write(`triagent: ${problem}\n  next: ${next}\n`);
  process.exit(3);
}
