import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fault } from '../../../agents/contracts/index.js';

/** The embedding side of node-llama-cpp, as far as it is used here. */
export interface LlamaEmbeddingContext {
  getEmbeddingFor(text: string | readonly number[]): Promise<{ readonly vector: readonly number[] }>;
  dispose(): Promise<void>;
}

/** What was said before, in node-llama-cpp's form. */
export type LlamaHistory =
  | { readonly type: 'system' | 'user'; readonly text: string }
  | { readonly type: 'model'; readonly response: readonly string[] };

/** One conversation's place in a context. */
export interface LlamaSequence {
  readonly tokenMeter: { readonly usedInputTokens: number; readonly usedOutputTokens: number };
  clearHistory(): Promise<void>;
}

export interface LlamaContext {
  getSequence(): LlamaSequence;
}

export interface LlamaChat {
  /** Continues a history whose last entry is the model's, still empty. */
  generateResponse(
    history: readonly LlamaHistory[],
    options: {
      readonly signal: AbortSignal;
      readonly maxTokens: number;
      readonly temperature: number;
      readonly onTextChunk: (text: string) => void;
      readonly grammar?: unknown;
    },
  ): Promise<{ readonly metadata: { readonly stopReason: string } }>;
}

export interface LlamaModel {
  readonly embeddingVectorSize: number;
  readonly trainContextSize: number;
  readonly fileInfo: { readonly metadata: unknown };
  tokenize(text: string): readonly number[];
  createEmbeddingContext(options: {
    readonly contextSize: number;
    readonly batchSize: number;
    readonly threads: number;
  }): Promise<LlamaEmbeddingContext>;
  createContext(options: { readonly contextSize: number; readonly threads: number }): Promise<LlamaContext>;
  dispose(): Promise<void>;
}

export interface Llama {
  createGrammarForJsonSchema(schema: unknown): Promise<unknown>;
  loadModel(options: { readonly modelPath: string }): Promise<LlamaModel>;
  dispose(): Promise<void>;
}

interface LlamaModule {
  readonly LlamaChat: new (options: { readonly contextSequence: LlamaSequence }) => LlamaChat;
  getLlama(options: {
    readonly gpu: false;
    readonly build: 'never';
    readonly logLevel: 'error';
  }): Promise<Llama>;
}

const PACKAGE = 'node-llama-cpp';
const INSTALL = 'npm i --no-save node-llama-cpp@3.22.1';

const isLlamaModule = (module: unknown): module is LlamaModule =>
  typeof module === 'object' && module !== null && 'getLlama' in module;

/**
 * The runtime of `gguf:` models, loaded only when one is asked for: its package brings 900 MB of builds.
 * @throws `MODEL_UNAVAILABLE` with the command that installs it
 */
export async function loadLlama(): Promise<Llama> {
  return startLlama(await loadModule());
}

/** The same with what talks. */
export async function loadLlamaChat(): Promise<{ llama: Llama; Chat: LlamaModule['LlamaChat'] }> {
  const module = await loadModule();
  return { llama: await startLlama(module), Chat: module.LlamaChat };
}

const startLlama = (module: LlamaModule): Promise<Llama> =>
  module.getLlama({ gpu: false, build: 'never', logLevel: 'error' });

/**
 * The package's entry: beside this program, in the folder that it was started in, or where `NODE_PATH` points, for a program
 * that was installed where its operator may not write.
 */
function findPackage(): string {
  try {
    return createRequire(import.meta.url).resolve(PACKAGE);
  } catch {
    return createRequire(join(process.cwd(), 'started-here')).resolve(PACKAGE);
  }
}

async function importPackage(): Promise<unknown> {
  return import(pathToFileURL(findPackage()).href);
}

async function loadModule(): Promise<LlamaModule> {
  const module = await importPackage().catch((cause: unknown) => {
    throw fault('MODEL_UNAVAILABLE', {
      detail: 'Models of gguf need the optional package node-llama-cpp.',
      next: `Install it with \`${INSTALL}\`.`,
      cause,
    });
  });
  if (!isLlamaModule(module)) {
    throw fault('MODEL_UNAVAILABLE', {
      detail: 'The installed node-llama-cpp has another interface.',
      next: `Install the tried version with \`${INSTALL}\`.`,
    });
  }
  return module;
}
