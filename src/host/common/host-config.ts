import type { Config } from '../../config/config.schema.js';

/** The part of the configuration that the host reads. */
export type HostConfig = Pick<Config, 'server' | 'auth'>;
