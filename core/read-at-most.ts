// Reads the beginning of a file, so that one that never ends, such as /dev/zero, cannot fill the memory.

import { createReadStream } from 'node:fs';

/** @returns the whole file, or its first `most + 1` bytes, by which the caller sees that it is too long */
export async function readAtMost(file: string, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(file, { end: most })) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
