import { fill, fillText, valueAt } from '../template.js';
import type { Target, TargetSettings, Version, World } from './target.contract.js';

type HttpSettings = Extract<TargetSettings, { kind: 'http' }>;

/** A model or a service behind an address: one request a case. */
export function httpTarget(settings: HttpSettings, version: Version, world: World): Target {
  const { url, headers, body, output, cost } = settings;
  return {
    fingerprint: JSON.stringify([settings, version]),
    async run({ vars }, signal) {
      const begin = world.now();
      const took = () => Math.round((world.now() - begin) * 1000) / 1000;
      const failed = (error: string) => ({ output: '', costUsd: 0, latencyMs: took(), error });
      try {
        const slots = { ...version, ...vars };
        const reply = await world.post(
          fillText(url, slots),
          JSON.stringify(fill(body, slots)),
          { 'content-type': 'application/json', ...headers },
          signal,
        );
        if (reply.status < 200 || reply.status > 299)
          return failed(`the target answered with status ${reply.status}`);
        const latencyMs = took();
        const value: unknown = readReply(reply.body);
        const dollars = cost === undefined ? 0 : Number(valueAt(value, cost));
        return {
          output: (output === undefined ? value : valueAt(value, output)) ?? '',
          costUsd: Number.isFinite(dollars) ? dollars : 0,
          latencyMs,
        };
      } catch (error) {
        signal.throwIfAborted();
        return failed(error instanceof Error ? error.message : String(error));
      }
    },
  };
}

/** Text that is no JSON is the output as it stands. */
function readReply(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
