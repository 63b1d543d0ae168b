/** How much of a bill is paid, whether by payments or before it came. */
export type PaidStanding = 'settled' | 'partly-paid' | 'unpaid';

/** @param sums decimals, as the API has them */
export function paidStanding(sums: {
  readonly total: string;
  readonly outstanding: string;
}): PaidStanding {
  const [total, outstanding] = [Number(sums.total), Number(sums.outstanding)];
  if (outstanding === total) return 'unpaid';
  return outstanding <= 0 ? 'settled' : 'partly-paid';
}
