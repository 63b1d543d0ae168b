/**
 * Secrets of connections, sealed with AES-256-GCM; the key lies outside the database. A sealed text
 * is bound to its connection: moved to another one it does not open.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export interface Vault {
  seal(connectionId: string, secrets: Readonly<Record<string, string>>): string;
  open(connectionId: string, sealed: string): Record<string, string>;
}

/** `key`: 32 bytes. */
export function createVault(key: Uint8Array): Vault {
  return {
    seal(connectionId, secrets) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(connectionId));
      const sealed = Buffer.concat([
        cipher.update(JSON.stringify(secrets), 'utf8'),
        cipher.final(),
      ]);
      return [
        'v1',
        iv.toString('base64'),
        cipher.getAuthTag().toString('base64'),
        sealed.toString('base64'),
      ].join('.');
    },
    open(connectionId, sealed) {
      const [version, iv = '', tag = '', text = ''] = sealed.split('.');
      if (version !== 'v1') throw new Error('The sealed secrets have an unknown form.');
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64'))
        .setAAD(Buffer.from(connectionId))
        .setAuthTag(Buffer.from(tag, 'base64'));
      const opened = Buffer.concat([
        decipher.update(Buffer.from(text, 'base64')),
        decipher.final(),
      ]);
      return JSON.parse(opened.toString('utf8')) as Record<string, string>;
    },
  };
}
