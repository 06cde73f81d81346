import { Readable } from 'node:stream';
import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiConsumes,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { fault, type Principal } from '../../../agents/contracts/index.js';
import type { IngestedDocument, Runtime } from '../../engine/runtime.js';
import { Caller, OperatorOnly } from '../auth/caller.js';
import { RUNTIME } from '../common/context.module.js';
import { departure } from '../common/departure.js';
import { LONGEST_WAIT_SECONDS, readWait } from '../common/prefer.js';
import { toFault } from '../common/problem.js';
import { DOCUMENT_TYPES, Upload } from '../common/upload.js';
import { type IngestJob, IngestJobs } from './ingest-jobs.js';
import { ingest, readDocuments, readTickets, reportOf } from './ingest-report.js';
import {
  type AddDocuments,
  type AddQuery,
  addDocumentsSchema,
  addQuerySchema,
  documentIdSchema,
  documentSchema,
  type IngestJobReply,
  ingestJobSchema,
  ingestReportSchema,
  jobIdSchema,
  type SearchQuery,
  searchHitsSchema,
  searchQuerySchema,
  solvedTicketSchema,
} from './knowledge.contract.js';

const unnamed = () => {
  const message = 'expected ?id=, the name under which the document is kept';
  return fault('VALIDATION_FAILED', { detail: message, errors: [{ pointer: '/id', message }] });
};

const MS = 1_000;

const jobReply = ({ documents, ...job }: IngestJob): IngestJobReply => ({ ...job, ...reportOf(documents) });

/** What answers rest on: documents to read and to add, search, and solved tickets. */
@ApiTags('Knowledge')
@Controller('api/v1/knowledge')
export class KnowledgeController {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly jobs: IngestJobs,
  ) {}

  @Post('documents')
  @OperatorOnly()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Add or update articles',
    description:
      'Idempotent by content. A bad article never stops the others. One document may be the body itself (Markdown, ' +
      'text, HTML, PDF, Word, CSV, e-mail) with `?id=`; files may be the parts of a form. Answers when all is done, or when ' +
      'the client would wait no longer: then the job goes on, and `Location` tells how far it is.',
  })
  @ApiConsumes('application/json', 'multipart/form-data', ...DOCUMENT_TYPES)
  @ApiHeader({ name: 'prefer', description: '`wait=SECONDS`; 0 answers at once.' })
  @ApiAcceptedResponse({ standardSchema: ingestJobSchema })
  async add(
    @Body({ schema: addDocumentsSchema }) body: AddDocuments,
    @Query({ schema: addQuerySchema }) query: AddQuery,
    @Caller() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('prefer') prefer?: string,
  ) {
    const { collection, chunking, groups, ...named } = query;
    if (body instanceof Upload && body.isUnnamed && named.id === undefined) throw unnamed();
    const options = {
      source: 'api',
      ...(collection && { collection }),
      ...(chunking && { chunking }),
      ...(groups && { groups }),
    };
    const store = this.runtime.knowledge;
    const documents = readDocuments(body, named);
    const id = this.jobs.start(principal, documents.length, (onProgress) =>
      ingest(documents, (accepted) => store.add(accepted, options, principal, onProgress)),
    );
    void reply.header('location', `/api/v1/knowledge/jobs/${id}`);
    const seconds = readWait(prefer);
    if (seconds !== null) void reply.header('preference-applied', `wait=${seconds}`);
    const limit = AbortSignal.timeout((seconds ?? LONGEST_WAIT_SECONDS) * MS);
    return jobReply(await this.jobs.join(id, principal, AbortSignal.any([limit, departure(reply)])));
  }

  @Get('jobs/:id')
  @OperatorOnly()
  @ApiOperation({ summary: 'How far an ingestion is, and what came of it' })
  @ApiOkResponse({ standardSchema: ingestJobSchema })
  async job(@Param('id', { schema: jobIdSchema }) id: string, @Caller() principal: Principal) {
    return jobReply(this.jobs.get(id, principal));
  }

  @Get('documents/:id')
  @ApiOperation({
    summary: 'A document',
    description: 'The `span` of a citation counts UTF-16 code units of its body.',
  })
  @ApiOkResponse({ standardSchema: documentSchema })
  async document(@Param('id', { schema: documentIdSchema }) id: string, @Caller() principal: Principal) {
    return this.runtime.knowledge.get(id, principal);
  }

  @Delete('documents/:id')
  @OperatorOnly()
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a document' })
  async remove(
    @Param('id', { schema: documentIdSchema }) id: string,
    @Caller() principal: Principal,
  ): Promise<void> {
    await this.runtime.knowledge.remove(id, principal);
  }

  @Get('search')
  @ApiOperation({ summary: 'Search passages, best first' })
  @ApiOkResponse({ standardSchema: searchHitsSchema })
  async search(@Query({ schema: searchQuerySchema }) query: SearchQuery, @Caller() principal: Principal) {
    const { q, k, collection, explain } = query;
    const hits = await this.runtime.knowledge.search(
      { text: q, k, ...(collection && { collection }), explain: explain === 'true' || explain === '1' },
      principal,
    );
    return { hits };
  }

  @Get('tickets/:id')
  @ApiOperation({ summary: 'A solved ticket: what a citation of kind `ticket` opens' })
  @ApiOkResponse({ standardSchema: solvedTicketSchema })
  async ticket(@Param('id', { schema: documentIdSchema }) id: string, @Caller() principal: Principal) {
    return this.runtime.knowledge.ticket(id, principal);
  }

  @Post('tickets/solved')
  @OperatorOnly()
  @HttpCode(202)
  @ApiOperation({ summary: 'Learn from solved tickets, one JSON object a line' })
  @ApiConsumes('application/x-ndjson')
  @ApiAcceptedResponse({ standardSchema: ingestReportSchema })
  async learn(@Body() lines: unknown, @Caller() principal: Principal) {
    if (!(lines instanceof Readable))
      throw fault('UNSUPPORTED_MEDIA_TYPE', { next: 'Send `application/x-ndjson`, one ticket a line.' });
    const documents: IngestedDocument[] = [];
    try {
      for await (const batch of readTickets(lines)) {
        documents.push(
          ...(await ingest(batch, (tickets) => this.runtime.knowledge.learn(tickets, principal))),
        );
      }
    } catch (error) {
      const known = toFault(error);
      throw fault(known.code, {
        ...known,
        kept: `The first ${documents.length} tickets were taken.`,
        cause: error,
      });
    }
    return reportOf(documents);
  }
}
