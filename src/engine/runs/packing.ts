import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

const FAST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/**
 * Text as zstd bytes. Level 1: frames and states repeat themselves and shrink to a fifth at the lowest cost. The copy
 * leaves behind the large buffer that zlib works in, which would travel to the store's thread along with its slice.
 */
export const pack = (text: string): Uint8Array => new Uint8Array(zstdCompressSync(text, FAST));

/** The inverse of {@link pack}. */
export const unpack = (bytes: Uint8Array): string => zstdDecompressSync(bytes).toString();
