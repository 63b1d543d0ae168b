/** JSON is laid out over lines; anything else is shown as it was sent. */
export function readableBody(body: string): string {
  if (!/^\s*[{[]/.test(body)) return body;
  // Numbers as they were written: what JSON.parse cannot hold exactly is not laid out.
  if (/\d{16,}/.test(body)) return body;
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
