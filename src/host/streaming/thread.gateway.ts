import { Inject } from '@nestjs/common';
import { type OnGatewayConnection, WebSocketGateway } from '@nestjs/websockets';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import type { Runtime } from '../../engine/runtime.js';
import { HOST_LOG, RUNTIME } from '../common/context.module.js';
import type { RunRate } from '../threads/run-rate.js';
import { RUN_RATE } from '../threads/run-rate.token.js';
import { Connections } from './connections.js';
import { type Admission, openSession } from './session.js';

/** Every admitted socket becomes a session of its thread. */
@WebSocketGateway()
export class ThreadGateway implements OnGatewayConnection {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    @Inject(RUN_RATE) private readonly rate: RunRate,
    @Inject(HOST_LOG) private readonly log: Logger,
    private readonly connections: Connections,
  ) {}

  handleConnection(socket: WebSocket, admission: Admission): void {
    const { runtime, rate, log, connections } = this;
    connections.sockets += 1;
    socket.once('close', () => {
      connections.sockets -= 1;
    });
    openSession({ ...admission, socket, connections, runtime, rate, log });
  }
}
