import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../src/config/package-root.js';
import { BenchProcess, repeat } from './bench-process.js';
import { createCaller } from './http-caller.js';

const HOST = new URL('./triage-host.process.js', import.meta.url);
const ROUNDS = 3;
const WARM_UP = 4_000;
const ACCEPTS = 1_800;
const CALLERS = 64;
const TRIAGES = 300;
const CONCURRENCY = 16;
const GROWTH = 20_000;

const ticketSchema = z.object({ subject: z.string(), body: z.string() });

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const quantile = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN;

async function sampleTickets() {
  const text = await readFile(join(packageRoot(), 'samples', 'unsolved-tickets.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => ticketSchema.parse(JSON.parse(line)));
}
type Tickets = Awaited<ReturnType<typeof sampleTickets>>;

/** Posts tickets one after the other on each of `callers` connections; milliseconds of each reply. */
async function drive(
  { port, tickets, callers }: { port: number; tickets: Tickets; callers: number },
  times: number,
  { status, headers }: { status: number; headers: Readonly<Record<string, string>> },
): Promise<number[]> {
  const caller = createCaller(port, callers);
  const took: number[] = [];
  await repeat(times, callers, async (index) => {
    const began = performance.now();
    const reply = await caller.post('/api/v1/triage', tickets[index % tickets.length], headers);
    took.push(performance.now() - began);
    if (reply.status !== status) throw new Error(`${reply.status} ${reply.body.slice(0, 300)}`);
  });
  caller.close();
  return took;
}

/** Accepting alone: runs are kept from ending, so that the queue grows and nothing else happens. */
async function benchAccept(tickets: Tickets): Promise<readonly string[]> {
  const { process: host, port } = await BenchProcess.start(HOST, ['silent']);
  const accept = (times: number) =>
    drive({ port, tickets, callers: CALLERS }, times, {
      status: 202,
      headers: { prefer: 'respond-async' },
    });
  await accept(WARM_UP);
  const cpu: number[] = [];
  const rates: number[] = [];
  const latencies: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = await host.usage(false);
    const began = performance.now();
    latencies.push(...(await accept(ACCEPTS)));
    rates.push(ACCEPTS / ((performance.now() - began) / 1_000));
    cpu.push((((await host.usage(false)).cpuMs - before.cpuMs) / ACCEPTS) * 1_000);
  }
  await host.stop();
  return [
    `accepted ticket (goal at most 120)  ${median(cpu).toFixed(0)} µs CPU of the whole process`,
    `accepts (goal at least 3000)        ${median(rates).toFixed(0)} a second, p99 ${quantile(latencies, 0.99).toFixed(1)} ms at ${CALLERS} callers`,
  ];
}

/** Whole triages with the offline model, durable, over HTTP. */
async function benchTriage(tickets: Tickets): Promise<readonly string[]> {
  const { process: host, port } = await BenchProcess.start(HOST);
  const triage = (times: number) =>
    drive({ port, tickets, callers: CONCURRENCY }, times, { status: 200, headers: { prefer: 'wait=60' } });
  await triage(TRIAGES / 2);
  const before = await host.usage();
  const began = performance.now();
  const took = await triage(TRIAGES);
  const seconds = (performance.now() - began) / 1_000;
  const cpu = ((await host.usage()).cpuMs - before.cpuMs) / TRIAGES;
  await host.stop();
  return [
    `offline triages (goal at least 50)  ${(TRIAGES / seconds).toFixed(0)} a second at ${CONCURRENCY} callers, ${cpu.toFixed(1)} ms CPU each`,
    `their time (goal p99 below 1000)    p50 ${quantile(took, 0.5).toFixed(0)} ms, p99 ${quantile(took, 0.99).toFixed(0)} ms`,
  ];
}

async function benchGrowth(tickets: Tickets): Promise<readonly string[]> {
  const { process: host, port } = await BenchProcess.start(HOST, ['zero-time']);
  const triage = (times: number) =>
    drive({ port, tickets, callers: CONCURRENCY }, times, { status: 200, headers: { prefer: 'wait=60' } });
  await triage(GROWTH / 20);
  const before = await host.usage();
  await triage(GROWTH);
  const after = await host.usage();
  await host.stop();
  return [
    `heap over ${GROWTH} tickets           ${before.heapMb.toFixed(0)} → ${after.heapMb.toFixed(0)} MB (rss ${before.rssMb.toFixed(0)} → ${after.rssMb.toFixed(0)} MB)`,
  ];
}

/** Tickets over HTTP: accepting them, answering them, and with `--growth` whether 20,000 of them leave anything behind. */
export async function benchTriages(): Promise<readonly string[]> {
  const tickets = await sampleTickets();
  return [
    ...(await benchAccept(tickets)),
    ...(await benchTriage(tickets)),
    ...(process.argv.includes('--growth') ? await benchGrowth(tickets) : []),
  ];
}
