/** The address of an accounting system, as a setting. */
import { z } from 'zod';

/** http(s), and without user name and password: settings are shown and logged. Those have settings of their own. */
export const webAddress = z
  .url({ protocol: /^https?$/ })
  .refine(
    (address) => !hasSignIn(address),
    'must not hold a user name or password: it would be shown to everybody',
  );

function hasSignIn(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && (url.username !== '' || url.password !== '');
}

export function originOf(address: string): string {
  return new URL(address).origin;
}
