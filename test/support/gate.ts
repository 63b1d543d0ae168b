/**
 * A gate before an accounting system: tells the order in which requests come, over any number of
 * systems, and holds back those a test wants held. So a test speaks of order, and needs no stopwatch.
 */
import {
  createServer,
  type IncomingMessage,
  request as forward,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Gate {
  readonly url: string;
  /** Lets the oldest that is held through; false when none is. */
  letOne(): boolean;
  close(): Promise<void>;
}

/** @param holds whether a request waits until it is let through; those that do are told in `arrived` */
export async function openGate(given: {
  readonly name: string;
  readonly target: string;
  readonly arrived: string[];
  readonly holds: (method: string, path: string) => boolean;
}): Promise<Gate> {
  const held: (() => void)[] = [];
  const pass = (incoming: IncomingMessage, response: ServerResponse) => {
    const { method, headers, url } = incoming;
    const onward = forward(given.target + url, { method: method!, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  };
  const server = createServer((incoming, response) => {
    if (!given.holds(incoming.method ?? '', incoming.url ?? '')) {
      pass(incoming, response);
      return;
    }
    given.arrived.push(given.name);
    held.push(() => pass(incoming, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    letOne() {
      const next = held.shift();
      next?.();
      return next !== undefined;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
