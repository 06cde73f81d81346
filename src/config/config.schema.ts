import { z } from 'zod';
import { AGENT_NAMES, taxonomySchema } from '../../agents/contracts/index.js';
import { modelSpecSchema } from './model-spec.js';
import type { Secret } from './secret.js';

/**
 * Every setting of Triagent, once. The descriptions become the template of `triagent doctor --template`; `env` names
 * the environment variable that sets the key. Keys without a default are shown there with their `examples`.
 */
const onOff = z.union([z.boolean(), z.enum(['on', 'off']).transform((word) => word === 'on')], {
  error: 'expected on or off',
});

const milliseconds = z.int().min(1).max(3_600_000);
const EMBEDDING_FORM = /^(none|static(:\S.*)?|gguf:\S.*)$/;
const LATER_EMBEDDING_FORM = /^(openai:\S+|openai-compatible:[^\s@]+@https?:\/\/\S+|bedrock:\S+)$/;

const embeddingSpec = z.string().superRefine((value, context) => {
  if (EMBEDDING_FORM.test(value)) return;
  const isLater = LATER_EMBEDDING_FORM.test(value);
  context.addIssue(
    isLater
      ? 'is not available in this version; use static'
      : 'expected static, static:FILE, gguf:FILE or none',
  );
});

/** A setting whose other values are part of the contract but not of this version. */
const onlyYet = (available: string, known: RegExp, expected: string) =>
  z.string().superRefine((value, context) => {
    if (value === available) return;
    context.addIssue(
      known.test(value) ? `is not available in this version; use ${available}` : `expected ${expected}`,
    );
  });

const server = z.strictObject({
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .meta({ description: 'Address to listen on. One that is not loopback needs auth.keys.', env: 'HOST' }),
  port: z
    .int()
    .min(0)
    .max(65_535)
    .default(3000)
    .meta({ description: 'Port to listen on; 0 takes a free one.', env: 'PORT' }),
  origins: z
    .array(z.string().refine(isOrigin, 'expected an origin such as https://help.example.com'))
    .default([])
    .meta({
      description:
        'Origins of web pages that may call the host beside its own and loopback ones. In the environment: a comma-separated list.',
      env: 'TRIAGENT_ORIGINS',
    }),
});

/** Models to ask instead, in order; each use is announced in the run's events. */
const standIns = z.array(modelSpecSchema).max(8).default([]);

const models = z.strictObject({
  default: modelSpecSchema.default('offline:extractive').meta({
    description:
      'Model of every agent: offline:extractive (picks and joins sentences, needs no key), openai:MODEL, openai-compatible:MODEL@BASE_URL (Ollama, llama.cpp, vLLM …), bedrock:MODEL_ID or gguf:PATH (in process, needs the package node-llama-cpp). Keys come from the environment alone: OPENAI_API_KEY, OPENAI_COMPATIBLE_API_KEY, or the AWS ones.',
    env: 'TRIAGENT_MODEL',
  }),
  agents: z
    .partialRecord(z.enum(AGENT_NAMES), modelSpecSchema)
    .default({})
    .meta({ description: `Model by agent where it differs: ${AGENT_NAMES.join(', ')}.` }),
  fallbacks: z
    .strictObject({
      unavailable: standIns.meta({
        description:
          'When the model cannot be reached, is overloaded, late, or refuses key, quota or request.',
      }),
      context: standIns.meta({ description: 'When the question is longer than the model can read.' }),
      content: standIns.meta({
        description: 'When a filter, a guardrail or the model itself refuses to answer.',
      }),
      output: standIns.meta({
        description: 'When the reply is empty, too long or not in the asked form.',
      }),
    })
    .prefault({}),
  timeouts: z
    .strictObject({
      firstByteMs: milliseconds
        .default(30_000)
        .meta({ description: 'Longest wait for the first byte of a reply, in milliseconds.' }),
      idleMs: milliseconds
        .default(20_000)
        .meta({ description: 'Longest silence inside a reply, in milliseconds.' }),
      totalMs: milliseconds
        .default(120_000)
        .meta({ description: 'Longest model call, retries included, in milliseconds.' }),
    })
    .prefault({}),
  budget: z
    .strictObject({
      usdPerRun: z
        .number()
        .min(0)
        .default(1)
        .meta({ description: 'Most that one run may cost, in US dollars.' }),
      tokensPerRun: z
        .int()
        .min(1)
        .default(400_000)
        .meta({ description: 'Most tokens that one run may use, read and written.' }),
      callsPerRun: z
        .int()
        .min(1)
        .default(60)
        .meta({ description: 'Most requests that one run may send to models, retries included.' }),
    })
    .prefault({}),
  cache: z.enum(['none', 'exact']).default('none').meta({
    description:
      'Whether the reply to a question that was asked before, word for word, is given again without a request: exact or none. Kept for 30 days, each tenant for itself; none forgets them. Identical calls at the same moment are made once either way.',
  }),
});

const knowledge = z.strictObject({
  store: onlyYet('sqlite', /^weaviate$/, 'sqlite')
    .default('sqlite')
    .meta({
      description:
        'Where articles are kept: sqlite (in the data folder). Not available in this version: weaviate.',
      env: 'TRIAGENT_KNOWLEDGE_STORE',
    }),
  weaviate: z
    .strictObject({
      url: z
        .url()
        .optional()
        .meta({
          description: 'Address of Weaviate.',
          examples: ['http://127.0.0.1:8080'],
          env: 'WEAVIATE_URL',
        }),
      grpcUrl: z
        .url()
        .optional()
        .meta({
          description: 'Its gRPC address.',
          examples: ['http://127.0.0.1:50051'],
          env: 'WEAVIATE_GRPC_URL',
        }),
    })
    .prefault({}),
  embeddings: embeddingSpec.default('static').meta({
    description:
      'What meaning is measured with, beside words: static (the packaged table, needs nothing), static:FILE (one made by `triagent embeddings distil`), gguf:FILE, none. Not available in this version: openai:MODEL, openai-compatible:MODEL@URL, bedrock:MODEL.',
    env: 'TRIAGENT_EMBEDDINGS',
  }),
});

const apiKey = z.strictObject({
  id: z.string().min(1).max(64),
  hash: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hex digits'),
  tenant: z.string().min(1).max(64),
  groups: z.array(z.string().min(1)).default([]),
  role: z.enum(['user', 'operator']).default('user'),
});

const auth = z.strictObject({
  keys: z
    .array(apiKey)
    .refine((keys) => new Set(keys.map((key) => key.id)).size === keys.length, 'two keys have the same id')
    .default([])
    .meta({
      description:
        'Who may call: a list of {id, hash, tenant, groups, role}, made by `triagent keys new`. Empty: everybody who reaches the host. In the environment: the list as JSON.',
      env: 'TRIAGENT_API_KEYS',
    }),
});

const limits = z.strictObject({
  revisions: z.int().min(0).max(10).default(2).meta({
    description: 'How often the critic may send a draft back.',
  }),
  modelCalls: z.int().min(1).max(1000).default(40).meta({ description: 'Most model calls of one run.' }),
  toolCalls: z.int().min(0).max(1000).default(20).meta({ description: 'Most tool calls of one run.' }),
  deadlineMs: milliseconds.default(120_000).meta({ description: 'Longest run, in milliseconds.' }),
});

export const configSchema = z.strictObject({
  server: server.prefault({}),
  data: z
    .strictObject({
      dir: z
        .string()
        .min(1)
        .default('.triagent')
        .meta({ description: 'Folder of everything that Triagent keeps.', env: 'TRIAGENT_DATA_DIR' }),
    })
    .prefault({}),
  samples: onOff.prefault('on').meta({
    description: 'Whether a first start loads the sample knowledge base: on or off.',
    env: 'TRIAGENT_SAMPLES',
  }),
  models: models.prefault({}),
  knowledge: knowledge.prefault({}),
  taxonomy: taxonomySchema
    .nullable()
    .default(null)
    .meta({
      description:
        'Categories, queues and the impact x urgency matrix: here, or the path of a YAML or JSON file. Without it: those of the samples, or the labels of the learned tickets.',
      examples: ['taxonomy.yaml'],
    }),
  auth: auth.prefault({}),
  tools: z
    .strictObject({
      network: onOff.prefault('on').meta({
        description:
          'Whether agents may look at hosts (DNS, TCP, TLS, HTTP, mail) that a user named: on or off.',
        env: 'TRIAGENT_NETWORK_TOOLS',
      }),
      extraRoots: z
        .string()
        .min(1)
        .optional()
        .meta({
          description:
            'PEM file with the certificates of an own authority, which TLS checks trust beside the public ones.',
          examples: ['own-authority.pem'],
          env: 'TRIAGENT_EXTRA_ROOTS',
        }),
    })
    .prefault({}),
  prompts: z
    .strictObject({
      dir: z
        .string()
        .min(1)
        .optional()
        .meta({
          description: 'Folder of the prompt files. Without it: the packaged ones.',
          examples: ['prompts'],
          env: 'TRIAGENT_PROMPTS_DIR',
        }),
      reload: z.enum(['auto', 'on', 'off']).default('auto').meta({
        description:
          'Whether changed prompt files are read again while the host runs: on, off or auto, which is on where NODE_ENV is development.',
        env: 'TRIAGENT_PROMPTS_RELOAD',
      }),
    })
    .prefault({}),
  estate: z
    .strictObject({
      allow: z
        .array(
          z
            .string()
            .regex(
              /^[^\s/@]+(\/\d{1,3})?(:\d{1,5})?$/,
              'expected a host, *.domain, address or CIDR, each with optional :port',
            ),
        )
        .default([])
        .meta({
          description:
            'Host names, *.domain, addresses or CIDRs, each with optional :port, that tools may reach beyond what a user typed; the only way to loopback and private addresses.',
        }),
    })
    .prefault({}),
  limits: limits.prefault({}),
});

/** The settings as the schema gives them; {@link Config} is what the program reads. */
export type Settings = z.output<typeof configSchema>;
export type ApiKeyEntry = Settings['auth']['keys'][number];

/** A provider's key that is in the environment while no setting uses it. Never holds the key itself. */
export interface UnusedKey {
  readonly variable: string;
  /** The setting that would use it, as `key: value`. */
  readonly setting: string;
}

/** How the providers are reached: from the environment alone, so that no file holds a key. */
export interface Providers {
  readonly openai: { readonly key?: Secret; readonly baseUrl?: string };
  readonly openaiCompatible: { readonly key?: Secret };
  /** What is absent is left to the AWS SDK: profiles, container and instance roles. */
  readonly bedrock: {
    readonly region?: string;
    readonly endpoint?: string;
    readonly accessKeyId?: Secret;
    readonly secretAccessKey?: Secret;
    readonly sessionToken?: Secret;
    readonly bearerToken?: Secret;
    readonly profile?: string;
  };
}

/** One typed, nested, validated object: folders are absolute, every default is filled in. */
export interface Config extends Omit<Settings, 'prompts'> {
  readonly prompts: { readonly dir: string; readonly reload?: boolean };
  readonly providers: Providers;
  readonly unusedKeys: readonly UnusedKey[];
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text;
}
