import type { Server, ServerResponse } from 'node:http';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { createWheel } from './wheel.js';

/** Time for requests in flight to finish once the host goes down. */
const GRACE_SECONDS = 2;

/** What is open at the moment, and the wheel that turns for all of it. */
@Injectable()
export class Connections implements BeforeApplicationShutdown, OnApplicationShutdown {
  readonly wheel = createWheel();
  readonly streams = new Set<ServerResponse>();
  sockets = 0;
  /** Readers that were closed because they did not keep up, since the start. */
  slowReaders = 0;

  constructor(private readonly host: HttpAdapterHost) {}

  /** Ends what would stay open for ever: event streams, whose clients resume by cursor, and silent connections. */
  beforeApplicationShutdown(): void {
    for (const stream of this.streams) stream.end();
    const server: Server = this.host.httpAdapter.getHttpServer();
    this.wheel.every(GRACE_SECONDS, () => server.closeAllConnections());
  }

  onApplicationShutdown(): void {
    this.wheel.stop();
  }
}
