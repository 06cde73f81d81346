/**
 * The direction rules of docs/architecture.md that imports can show; what names can show (`fetch`, `Date.now`,
 * `process.env`, `forwardRef` …) is in .oxlintrc.json. Each rule is proven by a planted violation in test/house.spec.ts.
 */
const SPEC = String.raw`\.(spec|e2e-spec|service-spec|conformance)\.ts$`;
const CORE = { dependencyTypes: ['core'] };

/** Node modules that open sockets, processes or threads. */
const IO = '^(node:)?(net|dns|dns/promises|tls|http|https|http2|dgram|child_process|cluster|worker_threads)$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: '1-agents-know-only-themselves',
      comment: 'agents/ imports npm libraries and itself: no other room, no Nest, no Node built-in.',
      severity: 'error',
      from: { path: '^agents/', pathNot: SPEC },
      to: { path: '^(src|evals|bench|test|web)/|node_modules/@nestjs/' },
    },
    {
      name: '1-agents-touch-no-built-in',
      severity: 'error',
      from: { path: '^agents/', pathNot: SPEC },
      to: CORE,
    },
    {
      name: '2-engine-knows-no-host',
      comment: 'src/engine imports agents, src/config and npm.',
      severity: 'error',
      from: { path: '^src/engine/' },
      to: { path: '^src/(host|cli|app|main)|node_modules/@nestjs/' },
    },
    {
      name: '3-host-enters-by-the-door',
      comment: 'src/host imports src/engine/runtime and agents/contracts; never an adapter, never LangChain.',
      severity: 'error',
      from: { path: '^src/(host/|app\\.)', pathNot: SPEC },
      to: {
        path: '^src/engine/|^src/cli|^agents/|node_modules/@langchain/',
        pathNot: '^src/engine/runtime(\\.contract)?\\.ts$|^agents/contracts/',
      },
    },
    {
      name: '3-command-line-enters-by-the-doors',
      comment:
        'src/cli imports the runtime, the look of doctor, the prompt files, the readers of bodies and the maker of tables, which need neither runtime nor Nest.',
      severity: 'error',
      from: { path: '^src/cli', pathNot: SPEC },
      to: {
        path: '^src/engine/|^src/host/|^agents/|node_modules/@langchain/',
        pathNot:
          '^src/engine/(runtime(\\.contract)?|inspect|prompts/prompt-files|reading/reading-process|network/page-reader|knowledge/embeddings/distil/distil-table)\\.ts$|^agents/contracts/|' +
          '^src/host/(common/(json|ndjson|validation)|triage/in-order)\\.ts$',
      },
    },
    {
      name: '4-evals-enter-by-the-doors',
      severity: 'error',
      from: { path: '^evals/', pathNot: SPEC },
      to: {
        path: '^(src|agents)/',
        pathNot: '^src/engine/runtime(\\.contract)?\\.ts$|^agents/contracts/|^src/config/',
      },
    },
    {
      name: '4-evals-are-entered-by-the-door',
      severity: 'error',
      from: { path: '^(agents|src)/' },
      to: { path: '^evals/', pathNot: '^evals/(index\\.ts$|statistics/)' },
    },
    {
      name: '4-evals-serve-host-and-command-line',
      severity: 'error',
      from: { path: '^(agents|src)/', pathNot: '^src/(host/evals/|cli)' },
      to: { path: '^evals/index\\.ts$' },
    },
    {
      name: '4-statistics-import-nothing',
      severity: 'error',
      from: { path: '^evals/statistics/', pathNot: SPEC },
      to: { pathNot: '^evals/statistics/' },
    },
    {
      name: '4-web-imports-contracts-only',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(src|agents|evals)/', pathNot: '\\.contract\\.ts$|^agents/contracts/' },
    },
    {
      name: '5-contracts-come-first',
      severity: 'error',
      from: { path: '^agents/contracts/', pathNot: SPEC },
      to: { path: '^agents/', pathNot: '^agents/contracts/' },
    },
    {
      name: '5-ports-name-no-agent',
      severity: 'error',
      from: { path: '^agents/(ports|run-context|state)\\.ts$' },
      to: { path: '^agents/', pathNot: '^agents/(contracts/|ports\\.ts|run-context\\.ts|state\\.ts)' },
    },
    {
      name: '5-agents-meet-in-the-state',
      comment:
        'An agent never imports another; the evidence check is shared, so that what streams is what passes.',
      severity: 'error',
      from: { path: '^agents/(triage|retriever|diagnostics|resolver|critic)/', pathNot: SPEC },
      to: {
        path: '^agents/(triage|retriever|diagnostics|resolver|critic)/',
        pathNot: '^agents/$1/|^agents/critic/evidence-check\\.ts$',
      },
    },
    {
      name: '5-the-graph-comes-last',
      severity: 'error',
      from: { path: '^agents/', pathNot: ['^agents/index\\.ts$', SPEC] },
      to: { path: '^agents/(support-graph|index)\\.ts$' },
    },
    {
      name: '6-no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: '7-only-owners-open-sockets',
      comment:
        'The gate owns what tools open, storage and learning their threads, reading its processes, host and command line their listeners.',
      severity: 'error',
      from: {
        pathNot: [
          '^src/(host|cli|app)',
          '^src/engine/(learning|network|models|reading|storage)/',
          '^(bench|test)/',
          SPEC,
        ],
      },
      to: { path: IO, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-unresolved-import',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
