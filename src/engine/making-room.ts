/**
 * Which lanes make room for others: pure. A worker works so many lanes at once. When more are due, they
 * are begun all the same, and those worked longest are asked to leave: a lane that first waited for
 * another's last request would be delayed by it. So for a moment a worker may hold twice as many.
 */

export interface WorkedLane {
  readonly beganMs: number;
  /** Asked to leave: its attempts under way are being finished. */
  readonly leaving: boolean;
}

/** The lanes to ask, worked longest first; one whose turn is not over is not asked. */
export function whoLeaves<T extends WorkedLane>(
  held: Iterable<T>,
  given: { readonly staysAtMost: number; readonly nowMs: number; readonly turnMs: number },
): T[] {
  const staying = [...held].filter(({ leaving }) => !leaving);
  const tooMany = Math.max(0, staying.length - given.staysAtMost);
  return staying
    .filter(({ beganMs }) => given.nowMs - beganMs >= given.turnMs)
    .sort((a, b) => a.beganMs - b.beganMs)
    .slice(0, tooMany);
}
