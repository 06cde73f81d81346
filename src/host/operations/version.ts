import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../config/package-root.js';

const manifest = z.object({ version: z.string() });

/** The version in package.json. */
export const VERSION = manifest.parse(
  JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')),
).version;
