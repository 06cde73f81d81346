import { AsyncLocalStorageProviderSingleton } from '@langchain/core/singletons';

let quiet = false;

/**
 * LangChain makes a LangSmith run tree around each step of a graph, also where nothing is traced: about a twentieth of a
 * run's CPU time. Our nodes get their context as an argument, so the trees are not made. Tracing that is switched on by
 * LangSmith's own variables is not affected: its tracer brings its own trees.
 */
export function quietTracing(): void {
  if (quiet) return;
  quiet = true;
  const provider = AsyncLocalStorageProviderSingleton;
  const runWithConfig = provider.runWithConfig.bind(provider);
  provider.runWithConfig = (config, callback) => runWithConfig(config, callback, true);
}
