import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { problemSchema } from '../common/problem.contract.js';
import { VERSION } from './version.js';

const DOCS_PATH = 'api/docs';
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

const convert = (schema: unknown, { schemaType }: { schemaType: 'input' | 'output' }) => {
  if (!(schema instanceof z.ZodType)) return undefined;
  const {
    $schema: _,
    $defs,
    ...root
  } = z.toJSONSchema(schema, {
    io: schemaType,
    // A body that is not JSON says in its own metadata what it is.
    unrepresentable: 'any',
  });
  const components: Record<string, object> = { ...$defs };
  return { schema: root, components };
};

/** Every operation can be refused, and every refusal has the one shape. No header is ever required. */
function complete(document: OpenAPIObject): OpenAPIObject {
  const problem = {
    description: 'Refused or failed (RFC 9457)',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
  for (const path of Object.values(document.paths)) {
    for (const method of METHODS) {
      const operation = path[method];
      if (!operation) continue;
      operation.responses = { ...operation.responses, default: problem };
      for (const parameter of operation.parameters ?? [])
        if ('in' in parameter && parameter.in === 'header') parameter.required = false;
    }
  }
  const schemas = {
    ...document.components?.schemas,
    ...convert(problemSchema, { schemaType: 'output' })?.components,
  };
  document.components = { ...document.components, schemas };
  return document;
}

/** Serves `/openapi.json` (3.1, from the schemas that validate the requests) and a page that shows it. */
export function serveOpenApi(app: INestApplication): void {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Triagent')
    .setDescription(
      'A support team of agents: threads, runs, knowledge and operations. The streaming protocol is in `/asyncapi.json`.',
    )
    .setVersion(VERSION)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'this host')
    .addBearerAuth()
    .addSecurityRequirements('bearer')
    .build();
  const factory = () =>
    complete(SwaggerModule.createDocument(app, config, { standardSchemaConverter: convert }));
  SwaggerModule.setup(DOCS_PATH, app, factory, { jsonDocumentUrl: 'openapi.json', raw: ['json'] });
}
