import { realModelConformance } from './testing/real-model.conformance.js';

realModelConformance('TRIAGENT_TEST_GGUF', (path) => `gguf:${path}`);
