import { createHash } from 'node:crypto';

/** SHA-256 as lower-case hex. */
export function sha256Hex(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}
