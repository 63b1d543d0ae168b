/** The system's random bytes, asked for by the page: to ask for a few costs as much as for many. */
export function inPages(
  randomBytes: (length: number) => Uint8Array,
  pageBytes = 4096,
): (length: number) => Uint8Array {
  let page = new Uint8Array();
  let used = 0;
  return (length) => {
    if (used + length > page.length) {
      page = Uint8Array.from(randomBytes(Math.max(pageBytes, length)));
      used = 0;
    }
    used += length;
    return page.slice(used - length, used);
  };
}
