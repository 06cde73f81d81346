export { TOOL_VERSIONS } from './diagnostics/tools/tools.js';
export { trustedTargets } from './diagnostics/trusted-targets.js';
export type { AgentPorts } from './ports.js';
export type { RunContext } from './run-context.js';
export type { SupportStateType } from './state.js';
export { createSupportGraph, GRAPH_VERSION } from './support-graph.js';
