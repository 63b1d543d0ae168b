/** The target spoken to by hand: signed in, one invoice a request, as bare as can be. */
import { Agent, request } from 'undici';

export interface BareTarget {
  /** Makes an invoice under the reference; gives the answer's text. */
  post(reference: string): Promise<string>;
  readonly body: string;
  close(): Promise<void>;
}

/** @param body what Spor sends for such a bill; each request has a reference of its own put into it */
export async function openBareTarget(
  targetUrl: string,
  body: string,
  connections: number,
): Promise<BareTarget> {
  const dispatcher = new Agent({ connections });
  const signedIn = await request(`${targetUrl}/token`, {
    method: 'POST',
    body: 'grant_type=client_credentials&client_id=sandbox-client&client_secret=sandbox-secret-4711',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    dispatcher,
  });
  const { access_token: token } = (await signedIn.body.json()) as { access_token: string };
  return {
    body,
    async post(reference) {
      const answer = await request(`${targetUrl}/supplier-invoices`, {
        method: 'POST',
        body: body.replace(/"externalReference":"[^"]*"/, `"externalReference":"${reference}"`),
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        dispatcher,
      });
      const text = await answer.body.text();
      if (answer.statusCode !== 201)
        throw new Error(`The target answered ${answer.statusCode}: ${text}`);
      return text;
    },
    close: () => dispatcher.close(),
  };
}
