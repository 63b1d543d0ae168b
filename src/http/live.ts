/**
 * Live updates: one listener on the database, any number of browsers. Only ever says "look again";
 * after a break in the line everybody is told to look at everything.
 */
import { LIVE, listen, type LiveNotice, parseLive } from '../store/notices.ts';
import type { Pool } from '../store/pool.ts';

export interface LiveHub {
  subscribe(companyId: string, hear: (notice: LiveNotice) => void): () => void;
  stop(): Promise<void>;
}

export async function startLiveHub(pool: Pool): Promise<LiveHub> {
  const hearers = new Map<string, Set<(notice: LiveNotice) => void>>();
  const listener = await listen(pool, LIVE, {
    onNotice(payload) {
      const notice = parseLive(payload);
      for (const hear of hearers.get(notice.companyId) ?? []) hear(notice);
    },
    onConnected() {
      for (const [companyId, all] of hearers) {
        for (const hear of all) hear({ companyId, billId: null, connectionId: null });
      }
    },
  });
  return {
    subscribe(companyId, hear) {
      const all = hearers.get(companyId) ?? new Set();
      hearers.set(companyId, all.add(hear));
      return () => {
        all.delete(hear);
        if (all.size === 0) hearers.delete(companyId);
      };
    },
    stop: () => listener.stop(),
  };
}

const PING_MS = 15_000;

/** What a browser that does not read may have waiting, in events. */
const MOST_WAITING = 100;

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
};

/** The same without a stream. */
export function eventHeaders(): Response {
  return new Response(null, { headers: HEADERS });
}

/** A stream of server-sent events for one browser. */
export function liveResponse(hub: LiveHub, companyId: string, signal: AbortSignal): Response {
  const encoder = new TextEncoder();
  let end = () => {};
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        let missed = false;
        const send = (event: string, data: unknown) => {
          controller.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
        };
        const hear = ({ billId, connectionId }: Pick<LiveNotice, 'billId' | 'connectionId'>) => {
          const room = controller.desiredSize ?? 0;
          if (room > 1) {
            missed = false;
            send('change', { billId, connectionId });
          } else if (!missed) {
            // Instead of all that follows: look at everything.
            missed = true;
            send('change', { billId: null, connectionId: null });
          }
        };
        const unsubscribe = hub.subscribe(companyId, hear);
        const pings = setInterval(() => {
          if ((controller.desiredSize ?? 0) > 0) send('ping', {});
        }, PING_MS);
        end = () => {
          clearInterval(pings);
          unsubscribe();
        };
        const leave = () => {
          end();
          controller.close();
        };
        if (signal.aborted) return leave();
        send('ping', {});
        signal.addEventListener('abort', leave);
      },
      cancel: () => end(),
    },
    { highWaterMark: MOST_WAITING },
  );
  return new Response(stream, { headers: HEADERS });
}
