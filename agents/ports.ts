import type { z } from 'zod';
import type { AgentName, ErrorCode, Evidence, Message, Taxonomy, Ticket, Usage } from './contracts/index.js';
import type { RunContext } from './run-context.js';

/** One message of a rendered prompt, in the role that the provider receives. */
export type PromptMessage =
  | { readonly role: 'system' | 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly toolCalls?: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly text: string };

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** A tool as it is offered natively to a model. */
export interface ToolOffer {
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodType;
}

export interface ModelCall<Output> {
  readonly agent: AgentName;
  /** How often this agent has been visited in this run, from 0: part of the journal key. */
  readonly visit: number;
  readonly messages: readonly PromptMessage[];
  /** Structured output: the reply's `output` fits this schema or the call fails with `MODEL_OUTPUT_INVALID`. */
  readonly output?: { readonly name: string; readonly schema: z.ZodType<Output> };
  readonly tools?: readonly ToolOffer[];
  /** Called with each element of the array `key` of the output as soon as its bytes are whole, in order. */
  readonly onElement?: { readonly key: string; readonly handle: (element: unknown) => void };
}

export interface ModelReply<Output> {
  readonly output: Output | undefined;
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  /** The spec of the model that really answered. */
  readonly model: string;
  readonly usage: Pick<Usage, 'inputTokens' | 'outputTokens' | 'estimated'>;
}

/** Chat models by agent. Retries, journal, budget and usage are the adapter's; an agent only asks. */
export interface ChatModels {
  call<Output>(call: ModelCall<Output>, run: RunContext): Promise<ModelReply<Output>>;
}

export interface Passage {
  readonly documentId: string;
  readonly chunkId: string;
  readonly title: string;
  /** Headings above the chunk, outermost first. */
  readonly headings: readonly string[];
  readonly text: string;
  /** UTF-16 span of `text` in the document's body. */
  readonly span: readonly [number, number];
  /** Position of the chunk in its document, from 0. */
  readonly position: number;
  /** Fused relevance, comparable within one result list only. */
  readonly score: number;
  /** Share of the query's weighted terms that the passage contains, 0 to 1. */
  readonly coverage: number;
}

export interface SearchQuery {
  readonly text: string;
  readonly limit: number;
  readonly collection?: string;
}

/** What the team has written down, within the run's tenant and groups. */
export interface Knowledge {
  search(query: SearchQuery, run: RunContext): Promise<readonly Passage[]>;
  /** All passages of one document in order; empty where the principal may not read it. */
  open(documentId: string, run: RunContext): Promise<readonly Passage[]>;
}

export interface SimilarTicket {
  readonly id: string;
  readonly subject: string;
  readonly body: string;
  readonly category: string | null;
  readonly queue: string | null;
  readonly priority: string | null;
  readonly articles: readonly string[];
  readonly resolution: string;
  /** 0 to 1, comparable between queries. */
  readonly score: number;
}

export interface Duplicate {
  readonly ticketId: string;
  /** 0 to 1, comparable between tickets. */
  readonly score: number;
}

export interface LabelShare {
  readonly label: string;
  /** Calibrated probability. */
  readonly share: number;
}

/** What solved tickets teach about one label of a new one. */
export interface LearnedLabel {
  /** Best first, down to what is not worth telling. */
  readonly labels: readonly LabelShare[];
  /** A best label with a smaller share does more harm than good. */
  readonly worthwhile: number;
  /** Solved tickets that this rests on. */
  readonly learned: number;
}

export interface LearnedRouting {
  readonly category?: LearnedLabel;
  readonly queue?: LearnedLabel;
  readonly priority?: LearnedLabel;
  /** What colleagues would link, best first; shares of all links. */
  readonly articles: readonly LabelShare[];
}

/** What the team has solved before, and what lies on its desk, within the run's tenant. */
export interface TicketMemory {
  similar(text: string, limit: number, run: RunContext): Promise<readonly SimilarTicket[]>;
  /**
   * Other tickets of the tenant that ask for the same thing, solved or not, best first: those that came earlier than
   * this one and are at least as similar as two reports of one incident are.
   */
  duplicates(ticket: { id: string | null; text: string }, run: RunContext): Promise<readonly Duplicate[]>;
  /** How solved tickets like this one were routed; null until enough of them were learned from. */
  routing(text: string, run: RunContext): Promise<LearnedRouting | null>;
  taxonomy(run: RunContext): Promise<Taxonomy>;
}

/** How a version of the retriever's prompt wants to be served; each is off, or as the retriever has it, where absent. */
export interface RetrievalOptions {
  /** Documents to read. */
  readonly limit?: number;
  /** False: of the queries that the model writes only the first is asked, the message itself always. */
  readonly decompose?: boolean;
  /** The model also writes a passage that would answer, and what is like it is looked for (HyDE, arXiv 2212.10496). */
  readonly hyde?: boolean;
  /** So many of the found documents are shown to the model, as `candidates`, to be put in order. */
  readonly rerank?: number;
}

export interface RenderedPrompt {
  readonly name: AgentName;
  readonly version: string;
  readonly hash: string;
  readonly messages: readonly PromptMessage[];
  readonly retrieval?: RetrievalOptions;
}

/** Renders the version that the run resolved, strictly: a missing, extra or null variable is `PROMPT_VARIABLES`. */
export interface PromptBook {
  render(name: AgentName, variables: Readonly<Record<string, unknown>>, run: RunContext): RenderedPrompt;
  /** Whether the resolved version asks for a variable, `passages.relevance` inside a list: older versions know fewer. */
  takes(name: AgentName, variable: string, run: RunContext): boolean;
}

export const DNS_TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT', 'SOA', 'PTR'] as const;
export type DnsType = (typeof DNS_TYPES)[number];

/** Under these the big providers keep DKIM keys; they may be asked for under every trusted domain. */
export const DKIM_SELECTORS = [
  'default',
  'google',
  'selector1',
  'selector2',
  'k1',
  's1',
  'dkim',
  'mail',
] as const;

/** A DNS answer; `status` tells "does not exist" from "no such record" from "nobody answered". */
export interface DnsReport {
  readonly name: string;
  readonly type: DnsType;
  readonly status: 'ok' | 'nxdomain' | 'nodata' | 'servfail' | 'refused' | 'timeout' | 'error';
  readonly records: readonly string[];
  readonly ms: number;
}

export interface CertificateReport {
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  /** ISO dates. */
  readonly validFrom: string;
  readonly validTo: string;
  readonly fingerprint256: string;
  readonly selfSigned: boolean;
}

export interface TlsReport {
  readonly host: string;
  readonly port: number;
  readonly address: string;
  readonly protocol: string;
  readonly cipher: string;
  /** Leaf first, as the server sent it. */
  readonly chain: readonly CertificateReport[];
  /** Null where the chain and the name verify; else OpenSSL's code such as `CERT_HAS_EXPIRED`. */
  readonly verifyError: string | null;
  readonly nameMatches: boolean;
  readonly ms: number;
}

/** A TCP connection that was opened and closed again. */
export interface ConnectReport {
  readonly host: string;
  readonly port: number;
  readonly address: string;
  /** Milliseconds to resolve the name and to connect. */
  readonly dnsMs: number;
  readonly connectMs: number;
}

/** One request of a probe. Phases are milliseconds; null where the request did not come so far. */
export interface HttpHop {
  readonly url: string;
  readonly address: string | null;
  readonly status: number | null;
  readonly location: string | null;
  readonly server: string | null;
  /** OpenSSL's code where the certificate does not verify; the request was sent all the same. */
  readonly verifyError?: string;
  readonly phases: {
    readonly dnsMs: number | null;
    readonly connectMs: number | null;
    readonly tlsMs: number | null;
    /** From the whole request sent to the first byte of the answer. */
    readonly firstByteMs: number | null;
    readonly totalMs: number;
  };
}

export interface HttpReport {
  /** In order; each redirect passed the gate like a target of its own. */
  readonly hops: readonly HttpHop[];
  /** What ended the probe after the last hop. */
  readonly end: 'answered' | 'redirect loop' | 'too many redirects' | 'redirect refused' | 'failed';
  /** Of `redirect refused` and `failed`: the gate's or the connection's code. */
  readonly code: ErrorCode | null;
  readonly ms: number;
}

/** What one mail exchanger of a domain said at its door. */
export interface MailExchangeReport {
  readonly exchange: string;
  readonly preference: number;
  readonly address: string | null;
  /** First reply line, at most 200 characters; null where none came. */
  readonly greeting: string | null;
  readonly status: number | null;
  readonly startTls: boolean | null;
  readonly code: ErrorCode | null;
  readonly ms: number;
}

/**
 * The egress gate as tools see it. Each method refuses with `TARGET_INVALID`, `TARGET_UNTRUSTED`, `TARGET_DENIED`,
 * `RATE_LIMITED` or `TOOLS_OFF` before a single packet leaves to the target, and fails with `NAME_NOT_FOUND`,
 * `RESOLVER_FAILED`, a `CONNECT_*` code, `TLS_FAILED`, `PROTOCOL_FAILED`, `TOOL_TIMEOUT` or `TOOL_FAILED`
 * afterwards; `probe` and `greetMail` tell those in their reports. No wait outlasts `run.limits.deadline`.
 */
export interface Network {
  lookup(name: string, type: DnsType, run: RunContext): Promise<DnsReport>;
  inspectTls(target: { host: string; port: number }, run: RunContext): Promise<TlsReport>;
  connect(target: { host: string; port: number }, run: RunContext): Promise<ConnectReport>;
  /** `GET` without a body or credentials, following at most 10 redirects within the site; reads at most 64 KiB. */
  probe(target: { url: string }, run: RunContext): Promise<HttpReport>;
  /**
   * Greets the mail exchangers of a trusted domain on port 25 (`EHLO`, then `QUIT`; never a sender). The exchangers are
   * DNS's answer, so only public addresses or the estate's are called.
   */
  greetMail(domain: string, run: RunContext): Promise<readonly MailExchangeReport[]>;
}

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds that never go back, for durations. */
  monotonic(): number;
}

/** Everything that the agents ask the world for. */
export interface AgentPorts {
  readonly models: ChatModels;
  readonly knowledge: Knowledge;
  readonly tickets: TicketMemory;
  readonly prompts: PromptBook;
  readonly network: Network;
  readonly clock: Clock;
  /** SHA-256 as `sha256:HEX`. */
  readonly hash: (text: string) => string;
}

export type { Evidence, Message, Ticket };
