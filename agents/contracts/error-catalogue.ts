/**
 * The one catalogue of errors. Every refusal and failure that leaves Triagent carries one of these codes;
 * HTTP, WebSocket, CLI and run results all render the same entry.
 */
interface CatalogueEntry {
  readonly status: number;
  readonly title: string;
  readonly retryable: boolean;
  /** What the reader should do next. */
  readonly next: string;
}

const entry = (status: number, title: string, next: string, retryable = false): CatalogueEntry => ({
  status,
  title,
  retryable,
  next,
});

export const ERROR_CATALOGUE = {
  INVALID_JSON: entry(400, 'The body is not valid JSON', 'Send one well-formed JSON value in UTF-8.'),
  INVALID_ARGUMENT: entry(
    400,
    'An argument is not valid',
    'Correct the named argument and send the request again.',
  ),
  UNAUTHENTICATED: entry(
    401,
    'No valid API key',
    'Send `Authorization: Bearer KEY`; `triagent keys new` makes a key.',
  ),
  FORBIDDEN: entry(403, 'Not allowed for this key', 'Use a key whose role permits this.'),
  ORIGIN_REFUSED: entry(403, 'This origin is not allowed', 'Add the origin to `server.origins`.'),
  HOST_REFUSED: entry(
    403,
    'This Host header is not allowed',
    'Call the host by its own name, or add the name to `server.origins`.',
  ),
  NOT_FOUND: entry(404, 'Nothing is here', 'Check the address; `/api/docs` lists the routes.'),
  THREAD_NOT_FOUND: entry(404, 'No such thread', 'Create the thread, or check its id.'),
  RUN_NOT_FOUND: entry(404, 'No such run', 'List the runs of the thread.'),
  TRIAGE_NOT_FOUND: entry(404, 'No such triage', 'List the triages, or check the id.'),
  ASSISTANT_NOT_FOUND: entry(404, 'No such assistant', 'Use `support`.'),
  CHECKPOINT_NOT_FOUND: entry(404, 'No such checkpoint', 'List the checkpoints of the thread.'),
  DOCUMENT_NOT_FOUND: entry(404, 'No such document', 'Search for it, or check its id.'),
  JOB_NOT_FOUND: entry(
    404,
    'No such job',
    'Jobs end with the process that ran them: send the documents again, what is known is left as it is.',
  ),
  TICKET_NOT_FOUND: entry(404, 'No such ticket', 'Check the id.'),
  INTERRUPT_NOT_FOUND: entry(404, 'No such interrupt', 'Read the thread state for the open interrupts.'),
  NAMESPACE_NOT_FOUND: entry(404, 'No such namespace', 'Leave the namespace out, or send `[]` for the root.'),
  SUBSCRIPTION_NOT_FOUND: entry(404, 'No such subscription', 'Subscribe again.'),
  METHOD_NOT_ALLOWED: entry(405, 'This method is not served here', 'See `/api/docs`.'),
  COMMAND_UNKNOWN: entry(400, 'Unknown command', 'Use a command that `/asyncapi.json` names.'),
  CHANNEL_UNKNOWN: entry(400, 'Unknown channel', 'Use a channel that `/asyncapi.json` names.'),
  NOT_SUPPORTED: entry(400, 'Not supported', 'See the documentation for what is supported here.'),
  CONFLICT: entry(409, 'The resource is in another state', 'Read it again and decide anew.'),
  IDEMPOTENCY_IN_FLIGHT: entry(
    409,
    'The first request with this key is being accepted',
    'Send the same request again in a moment.',
    true,
  ),
  PRECONDITION_FAILED: entry(412, 'The resource has changed', 'Read it again and send its new ETag.'),
  PRECONDITION_REQUIRED: entry(
    428,
    'The request must say which state it changes',
    'Read the resource, and send its ETag in `If-Match`.',
  ),
  PAYLOAD_TOO_LARGE: entry(413, 'The body is too large', 'Send less than the named limit.'),
  UNSUPPORTED_MEDIA_TYPE: entry(415, 'This media type is not accepted', 'Send `application/json`.'),
  DOCUMENT_UNREADABLE: entry(
    422,
    'The document cannot be read',
    'Open the file in its own program and save it anew, or send its text.',
  ),
  DOCUMENT_QUALITY: entry(
    422,
    'The document is too poor to answer from',
    'Mend what the detail names, and send it again.',
  ),
  VALIDATION_FAILED: entry(
    422,
    'The request does not fit its schema',
    'Correct the listed fields and send it again.',
  ),
  IDEMPOTENCY_MISMATCH: entry(
    422,
    'This idempotency key was used with another body',
    'Use a new key for a new request.',
  ),
  RATE_LIMITED: entry(429, 'Too many requests', 'Wait as long as Retry-After says.', true),
  OVERLOADED: entry(429, 'The queue is full', 'Wait as long as Retry-After says.', true),
  DRAINING: entry(503, 'The host is shutting down', 'Send it again to the restarted host.', true),
  INTERNAL: entry(
    500,
    'Something unexpected failed',
    'Try again; report the correlation id if it stays.',
    true,
  ),

  CONFIG_INVALID: entry(
    500,
    'The configuration is not valid',
    'Mend the listed settings; `triagent doctor --template` explains each.',
  ),
  USAGE: entry(400, 'Wrong usage', 'See `triagent --help`.'),
  PORT_IN_USE: entry(
    409,
    'The port is taken',
    'Choose another with `--port`, or stop the process that listens there.',
  ),
  LISTEN_FAILED: entry(
    500,
    'The host cannot listen on this address',
    'Check `server.host` and `server.port`.',
  ),
  INPUT_UNREADABLE: entry(400, 'An input file cannot be read', 'Check the path and its permissions.'),
  HOST_UNREACHABLE: entry(
    502,
    'The host does not answer',
    'Check the address given with --url and that the host runs.',
    true,
  ),

  DATA_DIR_LOCKED: entry(
    409,
    'Another process holds the data folder',
    'Use `--url` to go through the running host, or stop that process.',
  ),
  DATA_DIR_UNUSABLE: entry(
    500,
    'The data folder cannot be used',
    'Make the folder writable, or choose another with `--data`.',
  ),
  STORE_BUSY: entry(503, 'The store is busy', 'Try again in a moment.', true),
  STORE_FULL: entry(507, 'The disk is full', 'Free disk space; nothing that was acknowledged is lost.', true),
  STORE_READONLY: entry(503, 'The store cannot be written', 'Make the data folder writable.', true),
  STORE_DAMAGED: entry(
    500,
    'The database file is damaged',
    'Restore the file from a backup, or move it away to start empty.',
  ),
  STORE_SCHEMA_NEWER: entry(
    500,
    'The database was written by a newer Triagent',
    'Start the newer version, or use another data folder.',
  ),

  RUN_CANCELLED: entry(409, 'The run was cancelled', 'Start a new run if you still need an answer.'),
  RUN_DEADLINE: entry(504, 'The run reached its deadline', 'Ask again with a longer `deadlineMs`.', true),
  RUN_LIMIT: entry(
    429,
    'The run reached one of its limits',
    'Raise the named limit or ask something smaller.',
  ),
  RUN_POISONED: entry(
    500,
    'The run kept ending its process and was set aside',
    'Report it with the correlation id; other runs go on.',
  ),
  OUTCOME_UNKNOWN: entry(
    409,
    'Whether this took effect is not known',
    'Check by hand before it is done again.',
  ),
  GRAPH_VERSION_MISMATCH: entry(409, 'The run was begun by another version of the graph', 'Ask again.', true),
  EVIDENCE_INSUFFICIENT: entry(
    200,
    'What is known does not answer the question',
    'A person takes over with what was found.',
  ),

  PROMPT_NOT_FOUND: entry(404, 'No such prompt or version', '`triagent prompts list` shows what there is.'),
  EXPERIMENT_NOT_FOUND: entry(404, 'No such experiment', 'List the experiments, or check the id.'),
  PROMPT_INVALID: entry(
    500,
    'A prompt file is not valid',
    'Mend the file; `triagent prompts verify` checks all.',
  ),
  PROMPTS_READONLY: entry(
    409,
    'The prompt files cannot be changed here',
    'Copy their folder, and name the copy in `prompts.dir`.',
  ),
  PROMPT_VARIABLES: entry(
    500,
    'A prompt was given the wrong variables',
    'Give every declared variable and no other.',
  ),

  MODEL_SPEC_INVALID: entry(
    422,
    'No such model',
    'Use `offline:extractive` or another spec that `triagent doctor` lists.',
  ),
  MODEL_UNREACHABLE: entry(502, 'The model cannot be reached', 'Check the provider and its address.', true),
  MODEL_OUTPUT_INVALID: entry(
    502,
    'The model did not answer in the asked form',
    'Ask again or choose another model.',
    true,
  ),
  MODEL_FAILED: entry(502, 'The model call failed', 'Ask again or choose another model.', true),
  MODEL_TIMEOUT: entry(504, 'The model did not answer in time', 'Ask again or choose another model.', true),
  MODEL_UNAVAILABLE: entry(
    503,
    'The model cannot be used here',
    'Install what is missing, or use another model.',
  ),
  MODEL_NOT_FOUND: entry(
    502,
    'The provider does not have this model',
    'Correct the model’s name or its address.',
  ),
  MODEL_CREDENTIALS: entry(
    502,
    'The provider refused the credentials',
    'An operator has to check the provider’s key.',
  ),
  MODEL_QUOTA: entry(
    502,
    'The quota with the provider is used up',
    'An operator has to raise the quota or pay.',
  ),
  MODEL_REQUEST_INVALID: entry(
    502,
    'The provider refused the request',
    'Choose another model; `triagent doctor` shows what is configured.',
  ),
  MODEL_OVERLOADED: entry(503, 'The provider is overloaded', 'Wait a moment and ask again.', true),
  MODEL_CIRCUIT_OPEN: entry(
    503,
    'The provider failed too often and is left alone for some seconds',
    'Wait a moment and ask again.',
    true,
  ),
  MODEL_BAD_RESPONSE: entry(
    502,
    'The provider answered with what no model answers',
    'Check the provider’s address; ask again.',
    true,
  ),
  MODEL_STREAM_TRUNCATED: entry(
    502,
    'The reply broke off before its end',
    'Ask again; what broke off was not used.',
    true,
  ),
  MODEL_LENGTH: entry(502, 'The reply was longer than the model may write', 'Ask about less at a time.'),
  MODEL_CONTEXT_OVERFLOW: entry(
    502,
    'The question is longer than the model can read',
    'Ask about less at a time, or choose a model with a larger context.',
  ),
  MODEL_CONTENT_FILTERED: entry(
    502,
    'The provider’s content filter stopped the reply',
    'Put the question in other words, or ask a person.',
  ),
  MODEL_REFUSED: entry(
    502,
    'The model refused to answer',
    'Put the question in other words, or ask a person.',
  ),
  MODEL_GUARDRAIL: entry(
    502,
    'The provider’s guardrail stopped the reply',
    'Put the question in other words, or ask a person.',
  ),
  MODEL_EMPTY: entry(502, 'The model said nothing', 'Ask again or choose another model.', true),

  TOOL_UNKNOWN: entry(422, 'No such tool', 'Use one of the offered tools.'),
  TOOL_INPUT_INVALID: entry(422, 'The tool was given wrong arguments', 'Correct the arguments.'),
  TOOL_TIMEOUT: entry(504, 'The tool did not finish in time', 'Try again later.', true),
  TOOL_LIMIT: entry(429, 'Too many tool calls', 'Ask about fewer targets.'),
  TOOL_FAILED: entry(502, 'The tool failed', 'Try again later.', true),
  NAME_NOT_FOUND: entry(
    502,
    'The name has no address',
    'Check the spelling of the name and its DNS records.',
  ),
  RESOLVER_FAILED: entry(
    502,
    'The DNS resolver gave no answer',
    'Try again later; the name may well exist.',
    true,
  ),
  CONNECT_REFUSED: entry(
    502,
    'The connection was refused',
    'Check that the service runs and listens on this port.',
    true,
  ),
  CONNECT_TIMEOUT: entry(
    504,
    'The host did not answer',
    'Check the path to the host and its firewall.',
    true,
  ),
  CONNECT_RESET: entry(502, 'The connection was reset', 'Check the service and what stands before it.', true),
  CONNECT_UNREACHABLE: entry(
    502,
    'There is no route to the host',
    'Check the network between here and the host.',
    true,
  ),
  TLS_FAILED: entry(502, 'The TLS handshake failed', 'Check that the service speaks TLS on this port.'),
  PROTOCOL_FAILED: entry(
    502,
    'The host speaks another protocol',
    'Check the port and which service listens there.',
  ),
  TOOLS_OFF: entry(403, 'Network tools are switched off', 'Set `tools.network` to `on`.'),
  TARGET_INVALID: entry(
    422,
    'This is not a host that a tool can look at',
    'Give a plain host name or address.',
  ),
  TARGET_UNTRUSTED: entry(
    403,
    'Nobody who may choose targets named this host',
    'Name the host yourself in the question.',
  ),
  TARGET_DENIED: entry(403, 'This address is off limits', 'An operator can allow it in `estate.allow`.'),
} as const satisfies Record<string, CatalogueEntry>;
