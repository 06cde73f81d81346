import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { isFault } from '../../agents/contracts/index.js';
import { generateApiKey, hashApiKey } from './api-keys.js';
import { mergeLayers } from './layers.js';
import { type ConfigSources, loadConfig } from './load-config.js';
import { listSettings } from './settings.js';
import { configTemplate } from './template.js';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'triagent-config-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const load = (sources: Omit<ConfigSources, 'cwd'> = {}) => loadConfig({ cwd, env: {}, ...sources });
const write = (text: string, name = 'triagent.config.yaml') => writeFileSync(join(cwd, name), text);

function refused(sources: Omit<ConfigSources, 'cwd'> = {}) {
  try {
    load(sources);
  } catch (error) {
    if (isFault(error, 'CONFIG_INVALID')) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('loadConfig', () => {
  it('needs nothing: every key has its default', () => {
    const config = load();
    expect(config.server).toEqual({ host: '127.0.0.1', port: 3000, origins: [] });
    expect(config.data.dir).toBe(join(cwd, '.triagent'));
    expect(config).toMatchObject({
      samples: true,
      taxonomy: null,
      tools: { network: true },
      auth: { keys: [] },
    });
    expect(config.models.default).toBe('offline:extractive');
    expect(config.prompts.dir).toMatch(/prompts$/);
    expect(config.unusedKeys).toEqual([]);
  });

  it('lets the environment beat the file and flags beat both', () => {
    write('server: { host: localhost, port: 1 }\nsamples: off\n');
    expect(load().server).toMatchObject({ host: 'localhost', port: 1 });
    expect(load({ env: { PORT: '2' } }).server).toMatchObject({ host: 'localhost', port: 2 });
    const flags = { server: { port: 3 }, samples: undefined };
    expect(load({ env: { PORT: '2' }, flags })).toMatchObject({ server: { port: 3 }, samples: false });
  });

  it('reads every documented variable', () => {
    const hash = hashApiKey(generateApiKey());
    const config = load({
      env: {
        HOST: '0.0.0.0',
        PORT: '8080',
        TRIAGENT_DATA_DIR: 'kept',
        TRIAGENT_SAMPLES: 'off',
        TRIAGENT_MODEL: 'offline:extractive',
        TRIAGENT_KNOWLEDGE_STORE: 'sqlite',
        WEAVIATE_URL: 'http://127.0.0.1:8080',
        WEAVIATE_GRPC_URL: 'http://127.0.0.1:50051',
        TRIAGENT_EMBEDDINGS: 'none',
        TRIAGENT_API_KEYS: JSON.stringify([{ id: 'desk', hash, tenant: 'acme' }]),
        TRIAGENT_ORIGINS: 'https://a.example, https://b.example',
        TRIAGENT_NETWORK_TOOLS: 'off',
        TRIAGENT_EXTRA_ROOTS: 'own.pem',
        TRIAGENT_PROMPTS_DIR: 'mine',
      },
    });
    expect(config.server).toEqual({
      host: '0.0.0.0',
      port: 8080,
      origins: ['https://a.example', 'https://b.example'],
    });
    expect(config.data.dir).toBe(join(cwd, 'kept'));
    expect(config.prompts.dir).toBe(join(cwd, 'mine'));
    expect(config).toMatchObject({
      samples: false,
      tools: { network: false, extraRoots: join(cwd, 'own.pem') },
    });
    expect(config.auth.keys).toEqual([{ id: 'desk', hash, tenant: 'acme', groups: [], role: 'user' }]);
    expect(config.knowledge.weaviate.url).toBe('http://127.0.0.1:8080');
  });

  it('reads the file that --config names, or else TRIAGENT_CONFIG', () => {
    write('server: { port: 1 }\n', 'a.yaml');
    write('server: { port: 2 }\n', 'b.yaml');
    expect(load({ env: { TRIAGENT_CONFIG: 'b.yaml' } }).server.port).toBe(2);
    expect(load({ env: { TRIAGENT_CONFIG: 'b.yaml' }, file: 'a.yaml' }).server.port).toBe(1);
    expect(refused({ file: 'absent.yaml' }).detail).toBe('absent.yaml cannot be read');
  });

  it('lists every problem at once, by path and source, and shows no value', () => {
    write(
      'sever: 1\nserver: { port: hunter2, hots: x }\nknowledge: { store: weaviate }\nestate: { allow: ["a b"] }\n',
    );
    const { detail, errors } = refused({
      env: {
        TRIAGENT_MODEL: 'openai-compatible:m@http://me:s3cret@h/v1',
        HOST: '0.0.0.0',
        TRIAGENT_API_KEYS: '[broken-hunter2',
      },
      flags: { samples: 'perhaps' },
    });
    expect(errors?.map(({ pointer }) => pointer).sort()).toEqual([
      '/auth/keys',
      '/estate/allow/0',
      '/knowledge/store',
      '/models/default',
      '/samples',
      '/server/host',
      '/server/hots',
      '/server/port',
      '/sever',
    ]);
    expect(detail).toContain('models.default (TRIAGENT_MODEL): holds more than an address');
    expect(detail).toContain('server.port: expected number');
    expect(detail).not.toMatch(/hunter2|s3cret|perhaps|a b/);
  });

  it.each(['openai', 'bedrock:', 'openai-compatible:m', 'offline:other', 'constructor:x'])(
    'tells the forms of a model spec for %s',
    (spec) =>
      expect(refused({ env: { TRIAGENT_MODEL: spec } }).detail).toContain(
        'is no model spec; expected offline',
      ),
  );

  it.each([
    ['a: [1\nb: 2', /line \d is not valid YAML/],
    ['- a', /does not hold a mapping/],
    ['server:\n  port: secret-1\n  port: secret-2', /line 3 is not valid YAML/],
  ])('refuses a file that is no configuration: %j', (text, expected) => {
    write(text);
    expect(refused().detail).toMatch(expected);
    expect(refused().detail).not.toContain('secret');
  });

  it('opens a host beyond loopback only with keys', () => {
    expect(refused({ env: { HOST: '192.0.2.7' } }).detail).toContain('auth.keys');
    expect(load({ env: { HOST: '127.0.0.9' } }).server.host).toBe('127.0.0.9');
    const keys = [{ id: 'a', hash: hashApiKey('k'), tenant: 't' }];
    expect(load({ env: { HOST: '::' }, flags: { auth: { keys } } }).server.host).toBe('::');
    expect(refused({ flags: { auth: { keys: [...keys, ...keys] } } }).detail).toContain('same id');
  });

  it('reads a taxonomy here or from the file that is named', () => {
    const taxonomy = {
      categories: [{ value: 'vpn', description: 'VPN', queue: 'net' }],
      queues: [{ value: 'net', description: 'Network' }],
      impact: [{ level: 1, description: 'one' }],
      urgency: [{ level: 1, description: 'now' }],
      priority: [['P1']],
    };
    write(JSON.stringify(taxonomy), 'labels.json');
    expect(load({ flags: { taxonomy: 'labels.json' } }).taxonomy).toEqual(taxonomy);
    expect(load({ flags: { taxonomy } }).taxonomy).toEqual(taxonomy);
    expect(refused({ flags: { taxonomy: 'absent.json' } }).detail).toContain(
      'taxonomy: absent.json cannot be read',
    );
  });

  it('names provider keys that nothing uses, never their value', () => {
    const { unusedKeys } = load({ env: { OPENAI_API_KEY: 'sk-secret', AWS_PROFILE: '' } });
    expect(unusedKeys).toEqual([{ variable: 'OPENAI_API_KEY', setting: 'models.default: openai:MODEL' }]);
  });

  it('reads keys and addresses of providers, and shows no key', () => {
    const env = {
      OPENAI_API_KEY: 'sk-canary',
      OPENAI_BASE_URL: 'http://127.0.0.1:1/v1',
      AWS_REGION: 'eu-west-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_SECRET_ACCESS_KEY: 'aws-canary',
    };
    const { providers } = load({ env });
    expect(providers.openai.key?.reveal()).toBe('sk-canary');
    expect(providers.openai.baseUrl).toBe('http://127.0.0.1:1/v1');
    expect(providers.bedrock.region).toBe('eu-west-1');
    for (const text of [
      JSON.stringify(providers),
      inspect(providers, { depth: 9 }),
      `${providers.openai.key}`,
    ])
      expect(text).not.toContain('canary');
  });

  it('keeps a __proto__ key a plain unknown key', () => {
    write('__proto__: { polluted: true }\n');
    expect(refused().detail).toContain('__proto__: unknown key');
    expect(mergeLayers({ a: 1 }, { a: undefined, b: { c: 2 } })).toEqual({ a: 1, b: { c: 2 } });
  });
});

describe('configTemplate', () => {
  it('holds exactly the defaults', () => {
    write(configTemplate());
    expect(load()).toEqual(loadConfig({ cwd, env: {}, file: writeEmpty() }));
  });

  it('explains every key, also those without a default', () => {
    const opened = configTemplate().replaceAll(
      /^( *)# (\w+: (?:taxonomy\.yaml|http\S+|prompts|\S+\.pem))$/gm,
      '$1$2',
    );
    const file: unknown = parse(opened);
    for (const { path, description } of listSettings()) {
      expect(description).not.toBe('');
      expect(file).toHaveProperty([...path]);
    }
  });

  function writeEmpty() {
    write('', 'empty.yaml');
    return 'empty.yaml';
  }
});
