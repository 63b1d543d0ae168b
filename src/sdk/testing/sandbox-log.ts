/**
 * The sandbox system's memory across restarts: one JSON line per change, appended before the answer
 * leaves. It survives the process being killed, which is what crash tests do; it does not call fsync.
 */
import { appendFileSync, closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';

export interface SandboxLogLine {
  readonly shelf: string;
  readonly id: string;
  /** Null: it went. */
  readonly item: unknown;
}

export function readSandboxLog(file: string): SandboxLogLine[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  // A line the kill cut in half was never answered for: as if the request had been lost.
  if (last !== '') appendFileSync(file, '\n');
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as SandboxLogLine];
    } catch {
      return [];
    }
  });
}

export interface SandboxLogWriter {
  append(line: SandboxLogLine): void;
  close(): void;
}

export function openSandboxLog(file: string): SandboxLogWriter {
  const descriptor = openSync(file, 'a');
  return {
    append: (line) => void writeSync(descriptor, `${JSON.stringify(line)}\n`),
    close: () => closeSync(descriptor),
  };
}
