import type { Tool } from '../tools/tool.js';
import type { CauseName } from './causes.js';
import type { FactRule } from './signs.js';

/** What a runbook is followed for: one host that the user named, with what they typed around it. */
export interface Aim {
  readonly host: string;
  /** False for an address. */
  readonly isName: boolean;
  /** The web address of the host as the user typed it, else its start page. */
  readonly url: string;
  /** The port in doubt: the first that the message names, else the one of `url`. */
  readonly port: number;
  /** A port of the same host to compare with. */
  readonly otherPort: number;
}

/** One look: a tool, what it is asked, and when. */
export interface Step {
  /** In words that go on after “the step”. */
  readonly name: string;
  readonly tool: Tool;
  /** Null where there is nothing to ask. */
  readonly ask: (aim: Aim) => Readonly<Record<string, unknown>> | null;
  /** Only where one of these holds of what was seen before. */
  readonly when?: readonly FactRule[];
  /** Not where one of these holds of what was seen before. */
  readonly unless?: readonly FactRule[];
}

/** What somebody with experience does about a kind of complaint, step by step. */
export interface Runbook {
  /** For the model: when to follow it. */
  readonly description: string;
  /** What people write who need it. */
  readonly symptoms: readonly RegExp[];
  /**
   * How often each cause is behind such a complaint, before anything is looked at; the rest is something else. The
   * authors' estimates: they matter where signs leave two causes open, and little where a sign decides.
   */
  readonly causes: Partial<Readonly<Record<CauseName, number>>>;
  readonly steps: readonly Step[];
}
