import type { Desk } from './desk.contract.js';
import { type CommonOptions, configOf } from './options.js';
import type { Output } from './output.js';

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
