import { type Fault, isFault } from '../../agents/contracts/index.js';
import type { Config } from '../config/config.schema.js';
import { type Finding, inspectDataDir, inspectModels, inspectPrompts } from '../engine/inspect.js';

export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  readonly next?: string;
}

const ok = (name: string, detail: string): Check => ({ name, status: 'ok', detail });
const fail = (name: string, { code, detail, next }: Fault): Check => ({
  name,
  status: 'fail',
  detail: `${code}: ${detail}`,
  next,
});
const fromFinding = (name: string, finding: Finding): Check =>
  'fault' in finding ? fail(name, finding.fault) : ok(name, finding.detail);

/** The Node that runs this. */
export function checkNode(version: string): Check {
  if (Number.parseInt(version, 10) >= 24) return ok('node', version);
  return { name: 'node', status: 'fail', detail: `${version} is too old`, next: 'Install Node 24 or newer.' };
}

/** One check for each mistake of a configuration that was refused. */
export function checkRefusedConfig(refused: Fault): readonly Check[] {
  const problems = refused.detail.split('; ');
  return problems.map((detail) => ({ name: 'configuration', status: 'fail', detail, next: refused.next }));
}

/** Everything that a configuration promises, looked at. Never shows a value that could be a secret. */
export async function checkConfig(config: Config): Promise<readonly Check[]> {
  const data = await inspectDataDir(config.data.dir);
  return [
    ok('configuration', 'valid'),
    fromFinding('data folder', data.folder),
    lockCheck(data.lock),
    fromFinding('schema', data.schema),
    fromFinding('knowledge', data.articles),
    ok('samples', config.samples ? 'on: a first start loads them' : 'off'),
    fromFinding('prompts', inspectPrompts(config.prompts.dir)),
    ...(await modelChecks(config)),
    ...config.unusedKeys.map(
      ({ variable, setting }): Check => ({
        name: 'provider key',
        status: 'warn',
        detail: `${variable} is set but nothing uses it`,
        next: `\`${setting}\` would use it.`,
      }),
    ),
    ok('network tools', networkDetail(config)),
    authCheck(config),
  ];
}

/** A running host is no mistake, but the reader should know why other commands need `--url`. */
function lockCheck(finding: Finding): Check {
  if ('fault' in finding && isFault(finding.fault, 'DATA_DIR_LOCKED')) {
    return { name: 'lock', status: 'warn', detail: finding.fault.detail, next: finding.fault.next };
  }
  return fromFinding('lock', finding);
}

async function modelChecks(config: Config): Promise<readonly Check[]> {
  const found = await inspectModels(config);
  return found.map(({ spec, finding }) => {
    const { detail, ...check } = fromFinding('model', finding);
    return { ...check, detail: `${spec}: ${detail}` };
  });
}

function networkDetail({ tools, estate }: Config): string {
  if (!tools.network) return 'off';
  const allowed = estate.allow.length === 0 ? 'no more' : `${estate.allow.length} entries of estate.allow`;
  return `on: hosts that a user names, and ${allowed}`;
}

function authCheck({ auth, server }: Config): Check {
  if (auth.keys.length > 0) return ok('auth', `${auth.keys.length} keys`);
  return ok('auth', `no keys: whoever reaches ${server.host} may use it`);
}
