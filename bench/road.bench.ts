import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { BenchProcess, repeat } from './bench-process.js';

const CONCURRENCY = 16;
const RUNS = 300;
const ROUNDS = 5;
const GROWTH_RUNS = 5_000;
const QUESTION = 'our VPN certificate expired, what now?';

/** One chat turn as a client makes it: a socket on a new thread, a subscription, a run, its end. */
function askOverSocket(port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = new WebSocket(`ws://127.0.0.1:${port}/threads/${randomUUID()}/stream/events`, {
    perMessageDeflate: false,
  });
  socket.on('open', () => {
    socket.send(
      JSON.stringify({
        id: 1,
        method: 'subscription.subscribe',
        params: { channels: ['messages', 'lifecycle', 'values', 'custom'] },
      }),
    );
    const input = { messages: [{ role: 'human', content: QUESTION }] };
    socket.send(JSON.stringify({ id: 2, method: 'run.start', params: { assistant_id: 'support', input } }));
  });
  socket.on('message', (data) => {
    const text = String(data);
    if (text.includes('"method":"lifecycle"') && text.includes('"completed"')) {
      socket.close();
      resolve();
    } else if (text.includes('"type":"error"') || text.includes('"failed"'))
      reject(new Error(text.slice(0, 300)));
  });
  socket.on('error', reject);
  return promise;
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** CPU of a durable run over a WebSocket against the bare graph, A B A B in one session; then heap growth over many runs. */
export async function benchRoad(): Promise<readonly string[]> {
  const floor = await BenchProcess.start(new URL('./road-floor.process.js', import.meta.url));
  const host = await BenchProcess.start(new URL('./road-host.process.js', import.meta.url));
  const drive = (runs: number) => repeat(runs, CONCURRENCY, () => askOverSocket(host.port));
  const cpuOf = async (measured: BenchProcess, work: () => Promise<unknown>) => {
    const before = await measured.usage();
    await work();
    return ((await measured.usage()).cpuMs - before.cpuMs) / RUNS;
  };
  await floor.process.ask({ type: 'run', runs: RUNS, concurrency: CONCURRENCY });
  await drive(RUNS);
  const floors: number[] = [];
  const hosts: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    floors.push(
      await cpuOf(floor.process, () =>
        floor.process.ask({ type: 'run', runs: RUNS, concurrency: CONCURRENCY }),
      ),
    );
    hosts.push(await cpuOf(host.process, () => drive(RUNS)));
  }
  const ratios = hosts.map((cpu, round) => cpu / (floors[round] ?? Number.NaN));
  const lines = [
    `floor: graph.invoke, no saver      ${median(floors).toFixed(2)} ms CPU a run`,
    `durable run over WebSocket         ${median(hosts).toFixed(2)} ms CPU a run`,
    `ratio (goal at most 2.2)           ${median(ratios).toFixed(2)} [${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}]`,
  ];
  if (process.argv.includes('--growth')) {
    const before = await host.process.usage();
    await drive(GROWTH_RUNS);
    const after = await host.process.usage();
    lines.push(
      `heap over ${GROWTH_RUNS} runs               ${before.heapMb.toFixed(0)} → ${after.heapMb.toFixed(0)} MB (rss ${before.rssMb.toFixed(0)} → ${after.rssMb.toFixed(0)} MB)`,
    );
  }
  await Promise.all([floor.process.stop(), host.process.stop()]);
  return lines;
}
