import type { ArticleInput, CancelReceipt, IngestedDocument, SearchHit } from '../engine/runtime.contract.js';
import { type CommonOptions, configOf } from './options.js';
import type { Output } from './output.js';

export interface Question {
  readonly text: string;
  readonly threadId?: string | undefined;
  readonly collection?: string | undefined;
  readonly attachments: readonly {
    readonly name: string;
    readonly mediaType: string;
    readonly text: string;
  }[];
}

/** A question that was accepted: it is on disk and will be answered, whether somebody watches or not. */
export interface AskedRun {
  readonly threadId: string;
  readonly runId: string;
  /** Resolves once the last frame of the run has been handed over. */
  readonly ended: Promise<void>;
  cancel(): Promise<CancelReceipt>;
}

export interface SearchRequest {
  readonly text: string;
  readonly k: number;
  readonly collection?: string | undefined;
  readonly explain: boolean;
}

/** What the commands need of Triagent, in this process or behind a running host. */
export interface Desk {
  /** `onFrame` gets each event of the run once, in order, as JSON text of the Agent Streaming Protocol. */
  ask(question: Question, onFrame: (frame: string) => void): Promise<AskedRun>;
  ingest(
    articles: readonly ArticleInput[],
    collection: string | undefined,
  ): Promise<readonly IngestedDocument[]>;
  search(request: SearchRequest): Promise<readonly SearchHit[]>;
  close(): Promise<void>;
}

export type DeskOptions = CommonOptions & { readonly url?: string | undefined };

/** Opens the desk that the options name (the host at `--url`, or the engine here), uses it and closes it. */
export async function withDesk<T>(
  options: DeskOptions,
  output: Output,
  use: (desk: Desk) => Promise<T>,
): Promise<T> {
  const desk = await openDesk(options, output);
  try {
    return await use(desk);
  } finally {
    await desk.close();
  }
}

async function openDesk(options: DeskOptions, output: Output): Promise<Desk> {
  if (options.url !== undefined) return (await import('./remote.desk.js')).openRemoteDesk(options.url);
  return (await import('./local.desk.js')).openLocalDesk(configOf(options), options.tenant, output);
}
