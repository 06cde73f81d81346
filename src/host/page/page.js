// The page speaks the Agent Streaming Protocol as any other client would; /asyncapi.json describes each frame.
const $ = (selector, within = document) => within.querySelector(selector);
const make = (tag, attributes, ...children) => {
  const element = Object.assign(document.createElement(tag), attributes);
  element.append(...children);
  return element;
};
const list = (items) => make('ul', {}, ...items.map((item) => make('li', {}, item)));

const AGENTS = ['triage', 'retriever', 'diagnostics', 'resolver', 'critic'];
const HANDOFF = [
  ['asked', 'Asked'],
  ['found', 'Found'],
  ['tried', 'Tried'],
  ['ruledOut', 'Ruled out'],
  ['nextQuestions', 'To ask next'],
];

sessionStorage.thread ??= crypto.randomUUID();
const replies = new Map();
let socket, lastEventId, runId, turn;
let nextId = 0;
let attempts = 0;

const authorization = () =>
  sessionStorage.apiKey ? { authorization: `Bearer ${sessionStorage.apiKey}` } : {};
const fail = (text) => turn && Object.assign($('.problem', turn), { textContent: text });

function command(method, params) {
  const id = ++nextId;
  socket.send(JSON.stringify({ id, method, params }));
  return new Promise((resolve, reject) => replies.set(id, { resolve, reject }));
}

function connect() {
  // The key travels as a sub-protocol: a browser can set no header on a WebSocket.
  const { apiKey, thread } = sessionStorage;
  const address = `${location.origin.replace(/^http/, 'ws')}/threads/${thread}/stream/events`;
  socket = new WebSocket(address, apiKey ? ['triagent.stream.v1', `bearer.${apiKey}`] : []);
  socket.onmessage = ({ data }) => receive(JSON.parse(data));
  socket.onclose = reconnect;
  socket.onopen = () => {
    attempts = 0;
    $('#connection').textContent = 'connected';
    command('subscription.reconnect', { last_event_id: lastEventId }).catch(() => {});
  };
}

async function reconnect() {
  $('#connection').textContent = 'reconnecting';
  for (const { reject } of replies.values()) reject(new Error('The connection was lost. Ask again.'));
  replies.clear();
  const probe = await fetch('/assistants/support', { headers: authorization() }).catch(() => null);
  if (probe?.status === 401) sessionStorage.apiKey = prompt('This host asks for an API key') ?? '';
  setTimeout(connect, Math.min(500 * 2 ** attempts++, 8000));
}

function receive(frame) {
  if (frame.type === 'event') {
    lastEventId = frame.event_id ?? lastEventId;
    return channels[frame.method]?.(frame.params.data);
  }
  const reply = replies.get(frame.id);
  replies.delete(frame.id);
  if (frame.type === 'success') reply?.resolve(frame.result);
  else reply?.reject(new Error(`${frame.message} ${frame.next}`));
}

const channels = {
  lifecycle({ event, run_id, detail }) {
    runId = run_id;
    const running = event === 'running';
    $('#stop').hidden = !running;
    if (running || !turn) return;
    $('.answer', turn).classList.remove('live');
    if (detail) fail(`${detail.detail} ${detail.next}`);
  },
  values({ messages, evidence, handoff }) {
    const question = messages.findLast(({ type }) => type === 'human');
    if (question && turn?.dataset.asked !== question.id) begin(question.content, question.id);
    const last = messages.at(-1);
    if (!turn || last?.type !== 'ai') return;
    showAnswer(last.content, false);
    showSources(evidence, last.content);
    if (handoff) showHandoff(handoff);
  },
  messages({ event, delta }) {
    if (event === 'message-start') showAnswer('', true);
    if (event === 'content-block-delta') showAnswer($('.answer', turn).dataset.text + delta.text, true);
  },
  custom({ name, payload }) {
    if (name === 'progress') showStep(payload);
    if (name === 'hypotheses') showBoard(payload);
  },
};

function begin(question, id) {
  $('#welcome')?.remove();
  turn = $('#turn').content.cloneNode(true).firstElementChild;
  turn.dataset.asked = id;
  $('.question', turn).textContent = question;
  $('.agents', turn).append(...AGENTS.map((agent) => make('li', {}, make('b', {}, agent), make('span'))));
  $('#conversation').append(turn);
  turn.scrollIntoView({ behavior: 'smooth' });
}

function showStep({ agent, stage, text }) {
  const step = $('.agents', turn).children[AGENTS.indexOf(agent)];
  step.className = stage;
  step.lastChild.textContent = text;
}

function showBoard(hypotheses) {
  const row = ({ cause, probability }) =>
    make('li', {}, cause, make('meter', { value: probability, title: `${Math.round(probability * 100)} %` }));
  $('.board', turn).replaceChildren(...hypotheses.map(row));
}

/** Each `[n]` opens the n-th source, `**x**` and backticks are set off; everything else stays plain text. */
function prose(text) {
  const pieces = text.matchAll(/\[(\d{1,3})\]|\*\*(.+?)\*\*|`(.+?)`|[^[*`]+|./gs);
  return [...pieces].map(([piece, number, strong, code]) => {
    if (strong) return make('strong', {}, strong);
    if (code) return make('code', {}, code);
    if (!number) return piece;
    const onclick = ({ target }) => openSource(target.closest('.turn').evidence?.[number - 1]);
    return make('button', { className: 'cite', type: 'button', onclick }, piece);
  });
}

function showAnswer(text, live) {
  const answer = $('.answer', turn);
  answer.dataset.text = text;
  answer.classList.toggle('live', live);
  const lines = text.split('\n').filter(Boolean);
  answer.replaceChildren(...lines.map((line) => make('p', {}, ...prose(line))));
}

/** The sources that the text cites, under their own numbers; all of them where it cites none. */
function showSources(evidence, text) {
  turn.evidence = evidence;
  const rows = evidence.map((each, index) => {
    const link = make('button', { type: 'button', onclick: () => openSource(each) }, each.title);
    return make('li', { value: index + 1 }, link, ` · ${each.kind}`);
  });
  const cited = rows.filter(({ value }) => text.includes(`[${value}]`));
  $('.sources', turn).replaceChildren(...(cited.length > 0 ? cited : rows));
}

function showHandoff(handoff) {
  const parts = HANDOFF.filter(([name]) => handoff[name].length > 0).flatMap(([name, title]) => [
    make('h4', {}, title),
    list(handoff[name].map((item) => item.text ?? item)),
  ]);
  const head = [make('h3', {}, 'A person takes over'), make('p', {}, handoff.reason)];
  $('.handoff', turn).replaceChildren(...head, ...parts);
}

async function openSource(evidence) {
  if (!evidence) return;
  const { title, quote, source, span } = evidence;
  const body = $('#source-body');
  $('#source-title').textContent = title;
  body.replaceChildren(make('mark', {}, quote));
  $('#source').showModal();
  const [, kind, id] = /^(kb|ticket):([^#]+)/.exec(source) ?? [];
  if (!kind) return;
  const path = `${kind === 'kb' ? 'documents' : 'tickets'}/${encodeURIComponent(id)}`;
  const response = await fetch(`/api/v1/knowledge/${path}`, { headers: authorization() });
  const text = response.ok ? (await response.json()).body : '';
  if (text.slice(...span) !== quote) return;
  body.replaceChildren(text.slice(0, span[0]), make('mark', {}, quote), text.slice(span[1]));
  $('mark', body).scrollIntoView({ block: 'center' });
}

async function ask(content) {
  if (!content || socket.readyState !== WebSocket.OPEN) return;
  const id = crypto.randomUUID();
  begin(content, id);
  $('#question').value = '';
  const input = { messages: [{ id, role: 'user', content }] };
  await command('run.start', { assistant_id: 'support', input }).catch((error) => fail(error.message));
}

$('#ask').onsubmit = (event) => {
  event.preventDefault();
  ask($('#question').value.trim());
};
$('#question').onkeydown = (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $('#ask').requestSubmit();
};
$('#stop').onclick = () => command('run.cancel', { run_id: runId }).catch((error) => fail(error.message));
for (const example of document.querySelectorAll('#welcome button'))
  example.onclick = () => ask(example.textContent);
connect();
