import type { Principal } from '../../../agents/contracts/index.js';

/** One version of a prompt. `draft`: never released, so never labelled; `changed`: not what was released any more. */
export interface PromptSummary {
  readonly version: string;
  readonly state: 'released' | 'draft' | 'changed';
  /** `sha256:HEX` over all that the version consists of. */
  readonly hash: string;
  readonly description: string;
  readonly changelog: string;
}

export interface PromptLabel {
  readonly label: string;
  readonly version: string;
  /** `store`: moved while a host ran, which beats the file. */
  readonly heldBy: 'file' | 'store';
  /** What the file says; null where it does not know the label. */
  readonly fileVersion: string | null;
  /** Who moved it and when; null where the file holds. */
  readonly by: string | null;
  readonly at: string | null;
  /** Changes with every move. */
  readonly etag: string;
}

export interface PromptEntry {
  readonly name: string;
  /** Oldest first. */
  readonly versions: readonly PromptSummary[];
  readonly labels: readonly PromptLabel[];
}

export interface PromptDetail extends PromptSummary {
  readonly name: string;
  /** Labels that point to it now. */
  readonly labels: readonly string[];
  /** The file. */
  readonly text: string;
  /** What it asks for, by path. */
  readonly variables: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly retrieval: Readonly<Record<string, unknown>>;
  readonly partials: readonly string[];
  /** How many examples stand beside it. */
  readonly examples: number;
}

/** One move of a label: the audit of releases. */
export interface PromptLabelMove {
  readonly label: string;
  readonly version: string;
  readonly previous: string | null;
  readonly by: string;
  readonly at: string;
}

/** The prompt book: what there is, and which version a label names for the principal's tenant. */
export interface Prompts {
  list(principal: Principal): Promise<readonly PromptEntry[]>;
  /** @throws `PROMPT_NOT_FOUND` */
  get(name: string, version: string, principal: Principal): Promise<PromptDetail>;
  /** @throws `PROMPT_NOT_FOUND` */
  label(name: string, label: string, principal: Principal): Promise<PromptLabel>;
  /**
   * Points a label to a released version, where `holds` says yes to its present ETag (null: there is no such label yet).
   * @throws `PROMPT_NOT_FOUND`, `VALIDATION_FAILED`, `PRECONDITION_FAILED`
   */
  moveLabel(
    move: { name: string; label: string; version: string; holds: (etag: string | null) => boolean },
    principal: Principal,
  ): Promise<PromptLabel>;
  /** Moves of a prompt's labels while hosts ran, the newest first, at most `limit`. @throws `PROMPT_NOT_FOUND` */
  moves(name: string, limit: number, principal: Principal): Promise<readonly PromptLabelMove[]>;
}
