import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { AGENT_NAMES } from '../../../agents/contracts/index.js';
import { configurableSchema, runInputSchema } from '../threads/run-input.contract.js';
import { ASSISTANT_ID, checkAssistant } from '../threads/run-input.js';
import {
  type Assistant,
  assistantSchema,
  type SearchAssistants,
  searchAssistantsSchema,
  valuesSchema,
} from './assistants.contract.js';

/** When the assistant was first published; it never changes under a client's feet. */
const PUBLISHED = '2026-11-21T00:00:00.000Z';

const SUPPORT: Assistant = {
  assistant_id: ASSISTANT_ID,
  graph_id: ASSISTANT_ID,
  name: 'Support',
  description: 'Triage, retrieval, diagnostics, a cited answer and a critic.',
  config: {},
  context: {},
  metadata: { created_by: 'system' },
  version: 1,
  created_at: PUBLISHED,
  updated_at: PUBLISHED,
};

const node = (id: string, name = id) => ({ id, type: 'runnable', data: { id: [name], name } });
const edge = (source: string, target: string, conditional = false) => ({
  source,
  target,
  ...(conditional && { conditional }),
});

/** The team as a drawing: what runs after what. The graph itself lives behind the engine. */
const GRAPH = {
  nodes: [node('__start__'), ...AGENT_NAMES.map((agent) => node(agent)), node('__end__')],
  edges: [
    edge('__start__', 'triage'),
    edge('triage', 'retriever', true),
    edge('triage', 'diagnostics', true),
    edge('triage', '__end__', true),
    edge('retriever', 'resolver'),
    edge('diagnostics', 'resolver'),
    edge('resolver', 'critic'),
    edge('critic', 'resolver', true),
    edge('critic', 'retriever', true),
    edge('critic', 'diagnostics', true),
    edge('critic', '__end__', true),
  ],
};

/** The one assistant, in the shapes of LangGraph's server. */
@ApiTags('Assistants')
@Controller('assistants')
export class AssistantsController {
  @Post('search')
  @HttpCode(200)
  @ApiOperation({ summary: 'Find assistants' })
  @ApiOkResponse({ standardSchema: assistantSchema, isArray: true })
  search(@Body({ schema: searchAssistantsSchema }) query: SearchAssistants) {
    return query.offset > 0 || (query.graph_id && query.graph_id !== ASSISTANT_ID) ? [] : [SUPPORT];
  }

  @Get(':assistantId')
  @ApiOperation({ summary: 'An assistant' })
  @ApiOkResponse({ standardSchema: assistantSchema })
  get(@Param('assistantId') assistantId: string) {
    checkAssistant(assistantId);
    return SUPPORT;
  }

  @Get(':assistantId/graph')
  @ApiOperation({ summary: 'Its agents and what runs after what' })
  graph(@Param('assistantId') assistantId: string) {
    checkAssistant(assistantId);
    return GRAPH;
  }

  @Get(':assistantId/subgraphs')
  @ApiOperation({ summary: 'Its subgraphs: none' })
  subgraphs(@Param('assistantId') assistantId: string) {
    checkAssistant(assistantId);
    return {};
  }

  @Get(':assistantId/schemas')
  @ApiOperation({ summary: 'JSON Schemas of its input, state and configuration' })
  schemas(@Param('assistantId') assistantId: string) {
    checkAssistant(assistantId);
    const state = z.toJSONSchema(valuesSchema);
    const config = z.toJSONSchema(configurableSchema, { io: 'input' });
    return {
      graph_id: ASSISTANT_ID,
      input_schema: z.toJSONSchema(runInputSchema, { io: 'input' }),
      output_schema: state,
      state_schema: state,
      config_schema: config,
      context_schema: config,
    };
  }
}
