/**
 * A process that writes into a journal until it is killed or done, for tests:
 * `node test-writer.ts <folder> <prefix> <count>`. Says `<reference> <date>` for each write that returned.
 */
import { createRecordingCall } from '../../sdk/testing/recording-call.ts';
import { invoice, openSession, options } from './test-journal.ts';

const [folder = '', prefix = '', count = ''] = process.argv.slice(2);
const session = openSession(folder);
const call = createRecordingCall();
for (let number = 0; number < Number(count); number++) {
  const reference = `${prefix}-${number % 15}`;
  const month = String(1 + ((number * 7) % 12)).padStart(2, '0');
  const document = invoice({
    reference,
    issuedOn: `2026-${month}-10`,
    note: String(number),
    lines: manyLines(),
  });
  const there = await session.find(call, document);
  if (there) await session.update(call, there, document, options);
  else await session.create(call, document, options);
  process.stdout.write(`${reference} ${document.issuedOn}\n`);
}

function manyLines() {
  return Array.from({ length: 30 }, (_, index) => ({
    ...invoice().lines[1]!,
    id: String(index),
    netMinor: index === 0 ? 17500 : 0,
  }));
}
