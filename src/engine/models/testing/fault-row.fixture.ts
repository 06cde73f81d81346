import type { ErrorCode } from '../../../../agents/contracts/index.js';
import type { Dialect } from './dialect.fixture.js';
import type { Script } from './fake-provider.fixture.js';

/** What must come of a behaviour. */
export interface Outcome {
  /** Absent: a whole reply. */
  readonly code?: ErrorCode;
  readonly requests: number;
  /** Elements that were shown while the reply came. */
  readonly shown?: number;
  readonly estimated?: boolean;
  readonly retryAfterSeconds?: number;
  /** Raw arguments of tool calls, as JSON. */
  readonly toolCalls?: readonly unknown[];
}

export interface Row {
  readonly name: string;
  /** `output`: an answer of claims is asked for; `tools`: a tool is offered and no output is asked for. */
  readonly ask?: 'output' | 'tools';
  /** The provider falls silent, so that short timeouts have to end it. */
  readonly late?: boolean;
  readonly only?: Dialect['name'];
  readonly scripts: (dialect: Dialect) => readonly Script[];
  readonly outcome: Outcome | { readonly stream: Outcome; readonly whole: Outcome };
}

export const whole: Outcome = { requests: 1, shown: 2 };
export const recovered: Outcome = { requests: 2, shown: 2 };
export const failed = (code: ErrorCode, requests: number, more: Partial<Outcome> = {}): Outcome => ({
  code,
  requests,
  ...more,
});
export const HOST = '{"host":"10.0.0.12';
export const look = (...args: string[]) => ({ id: 'c1', name: 'tls_inspect', args });
