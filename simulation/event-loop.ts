/**
 * Virtual time: things happen one after another, in the order of their instants, and none takes any.
 * What follows at once from one (its promises' continuations) is done before the next happens, so that
 * a run depends on nothing but its seed.
 */
import { setFlagsFromString } from 'node:v8';

export interface EventLoop {
  readonly nowMs: number;
  after(ms: number, work: () => void): void;
  /** Until nothing is left to happen, or `isOver`. */
  run(isOver: () => boolean): void;
  /** How many things have happened. */
  readonly happened: number;
}

interface Happening {
  readonly atMs: number;
  readonly order: number;
  readonly work: () => void;
}

/**
 * Does what waiting promises have to do, now. Node offers no such thing; letting its own event loop
 * turn once for each happening would take thirty times as long.
 */
const settlePromises = (() => {
  setFlagsFromString('--allow-natives-syntax');
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- no other syntax reaches V8's own function
    return new Function('%PerformMicrotaskCheckpoint()') as () => void;
  } finally {
    setFlagsFromString('--no-allow-natives-syntax');
  }
})();

/** To be run outside any promise: inside one, V8 would not settle the others. */
export function createEventLoop(): EventLoop {
  const heap: Happening[] = [];
  let nowMs = 0;
  let order = 0;
  let happened = 0;
  return {
    get nowMs() {
      return nowMs;
    },
    get happened() {
      return happened;
    },
    after(ms, work) {
      push(heap, { atMs: nowMs + Math.max(ms, 0), order: order++, work });
    },
    run(isOver) {
      for (;;) {
        const next = isOver() ? undefined : pop(heap);
        if (!next) return;
        nowMs = next.atMs;
        happened += 1;
        next.work();
        settlePromises();
      }
    },
  };
}

/** Runs something synchronous outside any promise. */
export function outsidePromises<T>(work: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(work());
      } catch (error) {
        reject(error);
      }
    });
  });
}

function isBefore(a: Happening, b: Happening): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

function push(heap: Happening[], item: Happening): void {
  let index = heap.length;
  heap.push(item);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!isBefore(item, heap[parent]!)) break;
    heap[index] = heap[parent]!;
    index = parent;
  }
  heap[index] = item;
}

function pop(heap: Happening[]): Happening | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (!first || !last || heap.length === 0) return first;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
    if (!isBefore(heap[child]!, last)) break;
    heap[index] = heap[child]!;
    index = child;
  }
  heap[index] = last;
  return first;
}
