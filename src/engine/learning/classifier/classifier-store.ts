import { promisify } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { gunzip, gzip } from 'node:zlib';
import type { LearnedQuality } from '../../runtime.contract.js';
import type { Database } from '../../storage/database.js';
import type { TicketClassifier } from './classifier.js';

/** Trained classifiers of each tenant. */
export interface ClassifierStore {
  /** The newest one that this program can read; null where there is none. */
  load(tenant: string): Promise<TicketClassifier | null>;
  save(tenant: string, classifier: TicketClassifier, made: { tickets: number; at: number }): Promise<void>;
  summary(tenant: string): Promise<LearnedQuality | null>;
}

/** Of what is stored; another one is made anew, as features or shapes have changed since. */
const FORMAT = 1;
const VERSIONS_KEPT = 3;

const pack = promisify(gzip);
const unpack = promisify(gunzip);

const NEWEST = 'FROM ticket_classifiers WHERE tenant = ? ORDER BY version DESC LIMIT 1';

export function createClassifierStore(database: Database): ClassifierStore {
  return {
    async load(tenant) {
      const [row] = await database.read(`SELECT body ${NEWEST}`, [tenant]);
      if (!(row?.body instanceof Uint8Array)) return null;
      const stored: { format: number; classifier: TicketClassifier } = deserialize(await unpack(row.body));
      return stored.format === FORMAT ? stored.classifier : null;
    },

    async save(tenant, classifier, { tickets, at }) {
      const body = await pack(serialize({ format: FORMAT, classifier }), { level: 1 });
      await database.commit([
        {
          sql: `INSERT INTO ticket_classifiers (tenant, version, tickets, embedding, trained_at, report, body)
                SELECT ?1, 1 + coalesce(max(version), 0), ?2, ?3, ?4, ?5, ?6
                  FROM ticket_classifiers WHERE tenant = ?1`,
          params: [tenant, tickets, classifier.embedding, at, JSON.stringify(classifier.report), body],
        },
        {
          sql: `DELETE FROM ticket_classifiers WHERE tenant = ?1
                  AND version <= (SELECT max(version) FROM ticket_classifiers WHERE tenant = ?1) - ?2`,
          params: [tenant, VERSIONS_KEPT],
        },
      ]);
    },

    async summary(tenant) {
      const [row] = await database.read(`SELECT version, tickets, trained_at, report ${NEWEST}`, [tenant]);
      if (!row) return null;
      return {
        version: Number(row.version),
        tickets: Number(row.tickets),
        trainedAt: new Date(Number(row.trained_at)).toISOString(),
        fields: JSON.parse(String(row.report)),
      };
    },
  };
}
