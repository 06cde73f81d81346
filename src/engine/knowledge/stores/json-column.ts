import { z } from 'zod';

/** A column that holds JSON, read as what the schema says. */
export const json = <T>(schema: z.ZodType<T>) =>
  z.string().transform((text): T => schema.parse(JSON.parse(text)));
