/**
 * A process that takes the data folder given, and gives it back, as often as it is told, for tests that
 * kill it: each line it reads is `take` or `give back`, and each it writes says how that went. It ends
 * when its input does.
 */
import { createInterface } from 'node:readline';
import { claimFolder } from '../../src/store/embedded-postgres-owner.ts';

const [folder = ''] = process.argv.slice(2);
let giveBack = async () => {};

const takeOrGiveBack = async (told: string): Promise<string> => {
  try {
    if (told === 'take') giveBack = await claimFolder(folder);
    else await giveBack();
    return told === 'take' ? 'taken' : 'given back';
  } catch (error) {
    return (error as Error).message;
  }
};

for await (const told of createInterface({ input: process.stdin })) {
  process.stdout.write(`${await takeOrGiveBack(told)}\n`);
}
