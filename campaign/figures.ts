/** Counting by name. */
export function count(figures: Map<string, number>, name: string): void {
  figures.set(name, (figures.get(name) ?? 0) + 1);
}

export function sum(figures: ReadonlyMap<string, number>): number {
  return [...figures.values()].reduce((total, number) => total + number, 0);
}

/** `12 approved, 3 paid`. */
export function told(figures: ReadonlyMap<string, number>): string {
  return [...figures].map(([name, number]) => `${number} ${name}`).join(', ') || 'none';
}
