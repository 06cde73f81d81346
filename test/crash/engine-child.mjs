/*
 * An engine in a process of its own that can be killed. Speaks with its parent by IPC: commands in, acknowledgements and
 * events out. KILL_POINT="before|after <number> <SQL pattern>" ends it with SIGKILL just before the n-th unit of work that
 * matches is handed to the store, or just after that unit is on disk and before anybody here has heard of it.
 */
import { Worker } from 'node:worker_threads';
import { loadConfig } from '../../dist/src/config/load-config.js';
import { createRuntime } from '../../dist/src/engine/runtime.js';

const [phase, count, ...words] = (process.env.KILL_POINT ?? '').split(' ');
if (phase) armKillPoint(phase, Number(count), new RegExp(words.join(' ')));

function armKillPoint(when, nth, pattern) {
  const die = () => process.kill(process.pid, 'SIGKILL');
  const { postMessage, emit } = Worker.prototype;
  const armed = new WeakSet();
  const textsOf = new WeakMap();
  let seen = 0;
  Worker.prototype.postMessage = function post(order, ...rest) {
    const texts = textsOf.get(this) ?? [];
    textsOf.set(this, texts);
    texts.push(...(order.texts ?? []));
    const matching = (order.units ?? []).flat().filter(({ sql }) => pattern.test(texts[sql] ?? sql)).length;
    if (seen < nth && seen + matching >= nth) {
      if (when === 'before') die();
      else armed.add(this);
    }
    seen += matching;
    return postMessage.call(this, order, ...rest);
  };
  Worker.prototype.emit = function heard(event, ...rest) {
    if (event === 'message' && armed.has(this)) die();
    return emit.call(this, event, ...rest);
  };
}

const dir = process.argv[2];
const config = loadConfig({ cwd: dir, env: {}, flags: { data: { dir } } });
const runtime = await createRuntime({ config, warn: (message, error) => console.error(message, error) });
const principal = { id: 'client', tenant: 'default', groups: [], role: 'user' };

const handlers = {
  async start({ threadId, key, text }) {
    const { runId } = await runtime.runs.start(
      { threadId, idempotencyKey: key, request: { messages: [{ id: key, type: 'human', content: text }] } },
      principal,
    );
    return { type: 'accepted', key, runId };
  },
  async follow({ threadId, since }) {
    const { gap } = await runtime.events.follow(
      threadId,
      since,
      (events) =>
        process.send({
          type: 'events',
          threadId,
          events: events.map(({ seq, eventId, method, json }) => ({ seq, eventId, method, json })),
        }),
      principal,
    );
    return { type: 'following', threadId, gap };
  },
  async join({ runId }) {
    return { type: 'joined', runId, record: await runtime.runs.join(runId, principal) };
  },
  async close() {
    await runtime.close();
    return { type: 'closed' };
  },
};

process.on('message', async (command) => {
  try {
    process.send(await handlers[command.type](command));
  } catch (error) {
    process.send({ type: 'refused', command, code: error.code, detail: error.detail ?? String(error) });
  }
});
process.send({ type: 'ready' });
