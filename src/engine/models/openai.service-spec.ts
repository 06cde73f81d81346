import { realModelConformance } from './testing/real-model.conformance.js';

realModelConformance('TRIAGENT_TEST_OPENAI_URL', (url) => `openai-compatible:default@${url}`);
