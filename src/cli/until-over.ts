/** Waits for what the service does bill by bill, and tells on the way how far it is. */

const ASK_AGAIN_MS = 300;

interface Doing {
  readonly bills: number;
  readonly billsLookedAt: number;
  readonly finishedAt: string | null;
}

/** @param name of what it is done for; null: nothing is told */
export async function untilOver<T extends Doing>(
  begun: T,
  look: () => Promise<T>,
  name: string | null,
): Promise<T> {
  let now = begun;
  let told = '';
  while (now.finishedAt === null) {
    const progress = `${name}: ${now.billsLookedAt} of ${now.bills} bills`;
    // On the error stream, so that what is piped on is the result.
    if (name !== null && progress !== told) console.error(progress);
    told = progress;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    now = await look();
  }
  return now;
}
