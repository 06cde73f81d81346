import type { ServerResponse } from 'node:http';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { createWheel } from './wheel.js';

/** What is open at the moment, and the wheel that turns for all of it. */
/** What is open at the moment, and the wheel that turns for all of it. */
@Injectable()
export class Connections implements BeforeApplicationShutdown {
  readonly wheel = createWheel();
  readonly streams = new Set<ServerResponse>();
  sockets = 0;

  /** Event streams would hold the server open for ever; their clients come back with a cursor. */
  beforeApplicationShutdown(): void {
    for (const stream of this.streams) stream.end();
    this.wheel.stop();
  }
}
