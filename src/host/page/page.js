// The page speaks the Agent Streaming Protocol as any other client would; /asyncapi.json describes each frame.
const $ = (selector, within = document) => within.querySelector(selector);
const make = (tag, attributes = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), attributes);
  element.append(...children);
  return element;
};

const threadId = sessionStorage.thread ?? crypto.randomUUID();
sessionStorage.thread = threadId;
let key = sessionStorage.key ?? '';
let socket;
let lastEventId;
let runId;
let nextId = 0;
let attempts = 0;
let turn;
const replies = new Map();
const AGENTS = ['triage', 'retriever', 'diagnostics', 'resolver', 'critic'];
const HANDOFF = {
  asked: 'Asked',
  found: 'Found',
  tried: 'Tried',
  ruledOut: 'Ruled out',
  nextQuestions: 'To ask next',
};

const say = (text) => ($('#connection').textContent = text);

function command(method, params) {
  const id = ++nextId;
  socket.send(JSON.stringify({ id, method, params }));
  return new Promise((resolve, reject) => replies.set(id, { resolve, reject }));
}

function connect() {
  const address = `${location.origin.replace(/^http/, 'ws')}/threads/${threadId}/stream/events`;
  // The key travels as a sub-protocol: a browser can set no header on a WebSocket.
  socket = new WebSocket(address, key ? ['triagent.stream.v1', `bearer.${key}`] : []);
  socket.onopen = async () => {
    attempts = 0;
    say('connected');
    await command('subscription.reconnect', { last_event_id: lastEventId });
  };
  socket.onmessage = ({ data }) => receive(JSON.parse(data));
  socket.onclose = async () => {
    for (const { reject } of replies.values())
      reject(new Error('The connection was lost; it is being made again.'));
    replies.clear();
    const probe = await fetch('/assistants/support', { headers: authorization() }).catch(() => null);
    if (probe?.status === 401) key = sessionStorage.key = prompt('This host asks for an API key') ?? '';
    say('reconnecting');
    setTimeout(connect, Math.min(500 * 2 ** attempts++, 8000));
  };
}

const authorization = () => (key ? { authorization: `Bearer ${key}` } : {});

function receive(frame) {
  if (frame.type !== 'event') {
    const { resolve, reject } = replies.get(frame.id) ?? {};
    replies.delete(frame.id);
    return frame.type === 'success'
      ? resolve?.(frame.result)
      : reject?.(new Error(`${frame.message} ${frame.next}`));
  }
  lastEventId = frame.event_id ?? lastEventId;
  channels[frame.method]?.(frame.params.data);
}

const channels = {
  lifecycle({ event, run_id, detail }) {
    runId = run_id;
    const running = event === 'running' || event === 'started';
    $('#stop').hidden = !running;
    if (running) return;
    turn?.classList.add('done');
    $('.answer', turn)?.classList.remove('live');
    if (detail) fail(`${detail.detail} ${detail.next}`);
    if (event === 'interrupted' && !detail) fail('Stopped.');
  },
  values(values) {
    const asked = values.messages.filter(({ type }) => type === 'human');
    const question = asked.at(-1);
    if (question && turn?.dataset.asked !== question.id) begin(question.content, question.id);
    const last = values.messages.at(-1);
    if (!turn || last?.type !== 'ai') return;
    showAnswer(last.content);
    showSources(values.evidence);
    if (values.handoff) showHandoff(values.handoff);
  },
  messages(data) {
    const answer = turn && $('.answer', turn);
    if (!answer) return;
    if (data.event === 'message-start') showAnswer('', true);
    if (data.event === 'content-block-delta') showAnswer(answer.dataset.text + data.delta.text, true);
  },
  custom({ name, payload }) {
    if (!turn) return;
    if (name === 'progress') showStep(payload);
    if (name === 'hypotheses') showBoard(payload);
  },
};

function begin(question, id) {
  $('#welcome')?.remove();
  turn = $('#turn').content.cloneNode(true).firstElementChild;
  turn.dataset.asked = id;
  $('.question', turn).textContent = question;
  $('.agents', turn).append(
    ...AGENTS.map((agent) => make('li', { id: `${id}-${agent}` }, make('b', {}, agent), make('span'))),
  );
  $('#conversation').append(turn);
  turn.scrollIntoView({ behavior: 'smooth' });
}

function showStep({ agent, stage, text }) {
  const step = document.getElementById(`${turn.dataset.asked}-${agent}`);
  step.className = stage;
  step.lastChild.textContent = text;
}

function showBoard(hypotheses) {
  $('.board', turn).replaceChildren(
    ...hypotheses.map(({ cause, probability }) =>
      make(
        'li',
        {},
        cause,
        make('meter', { value: probability, title: `${Math.round(probability * 100)} %` }),
      ),
    ),
  );
}

/** Text with each `[n]` as a button that opens the n-th source; everything else stays plain text. */
function cited(text) {
  const parts = text.split(/\[(\d{1,3})\]/);
  return parts.map((part, index) =>
    index % 2 === 0
      ? part
      : make('button', {
          className: 'cite',
          type: 'button',
          textContent: `[${part}]`,
          onclick: () => open($('.sources', turn)?.children[part - 1]?.evidence),
        }),
  );
}

function showAnswer(text, live = false) {
  const answer = $('.answer', turn);
  answer.dataset.text = text;
  answer.classList.toggle('live', live);
  answer.replaceChildren(
    ...text
      .split('\n')
      .filter(Boolean)
      .map((line) => make('p', {}, ...cited(line))),
  );
}

function showSources(evidence) {
  const items = evidence.map((each) => {
    const item = make(
      'li',
      {},
      make('button', { type: 'button', textContent: each.title, onclick: () => open(each) }),
      ` · ${each.kind}`,
    );
    return Object.assign(item, { evidence: each });
  });
  $('.sources', turn).replaceChildren(...items);
}

function showHandoff(handoff) {
  const lines = (values) => make('ul', {}, ...values.map((value) => make('li', {}, value.text ?? value)));
  const parts = Object.entries(HANDOFF).filter(([name]) => handoff[name]?.length);
  $('.handoff', turn).hidden = false;
  $('.handoff', turn).replaceChildren(
    make('h3', {}, 'A person takes over'),
    make('p', {}, handoff.reason),
    ...parts.flatMap(([name, title]) => [make('h4', {}, title), lines(handoff[name])]),
  );
}

const ADDRESSES = {
  'kb:': (id) => `documents/${encodeURIComponent(id.split('#')[0])}`,
  'ticket:': (id) => `tickets/${encodeURIComponent(id)}`,
};

async function open(evidence) {
  if (!evidence) return;
  $('#source-title').textContent = evidence.title;
  $('#source-body').replaceChildren(make('mark', {}, evidence.quote));
  $('#source').showModal();
  const prefix = Object.keys(ADDRESSES).find((each) => evidence.source.startsWith(each));
  if (!prefix) return;
  const path = ADDRESSES[prefix](evidence.source.slice(prefix.length));
  const response = await fetch(`/api/v1/knowledge/${path}`, { headers: authorization() });
  const { body } = response.ok ? await response.json() : {};
  const [from, to] = evidence.span;
  if (body?.slice(from, to) !== evidence.quote) return;
  $('#source-body').replaceChildren(body.slice(0, from), make('mark', {}, evidence.quote), body.slice(to));
  $('#source-body mark').scrollIntoView({ block: 'center' });
}

const fail = (text) => turn?.append(make('p', { className: 'problem' }, text));

async function ask(content) {
  const id = crypto.randomUUID();
  begin(content, id);
  try {
    await command('run.start', {
      assistant_id: 'support',
      input: { messages: [{ id, role: 'user', content }] },
    });
  } catch (error) {
    fail(error.message);
  }
}

$('#ask').onsubmit = (event) => {
  event.preventDefault();
  const question = $('#question').value.trim();
  if (!question || socket.readyState !== WebSocket.OPEN) return;
  $('#question').value = '';
  ask(question);
};
$('#question').onkeydown = (event) =>
  event.key === 'Enter' &&
  !event.shiftKey &&
  !event.isComposing &&
  (event.preventDefault(), $('#ask').requestSubmit());
$('#stop').onclick = () => command('run.cancel', { run_id: runId }).catch((error) => fail(error.message));
$('#examples').onclick = ({ target }) => target.tagName === 'BUTTON' && ask(target.textContent);
connect();
