import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { insertTransaction, removeTransaction, replaceTransaction } from './edit-file.ts';
import { scanFile } from './scan-file.ts';

describe('bytes that are not ours', () => {
  const LINES = [
    '; kommentar',
    '',
    '   ',
    '2026-01-01 x',
    '  a  1 DKK',
    '  b',
    'comment',
    'end comment',
    'account q',
    '\u00FF\u00FE',
    '* org',
    '  ; spor:',
    'æ',
    '2026-03-01 y',
    '\r',
    '~ monthly',
    '= auto',
  ];
  const someFile = fc
    .array(
      fc.oneof(
        fc.constantFrom(...LINES).map((line) => Buffer.from(line, 'latin1')),
        fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
      ),
      { maxLength: 25 },
    )
    .map((lines) => Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])));
  const ours =
    '2026-02-01 (1) Ny | Faktura\n    ; spor: r1\n    5010  1.00 DKK\n    ; post: linje 1\n';

  it('come out as they went in when ours is added, replaced and removed', () => {
    fc.assert(
      fc.property(someFile, (before) => {
        const scan = scanFile(before);
        fc.pre(!scan.endsInComment && !scan.byReference.has('r1'));
        const added = insertTransaction(before, scan, ours, '2026-02-01');
        const [block, ...more] = scanFile(added).byReference.get('r1') ?? [];
        expect(more).toEqual([]);
        expect(added.subarray(block!.start, block!.end).toString()).toBe(ours);
        const longer = ours.replace('Ny', 'En anden leverandør');
        const replaced = replaceTransaction(added, block!, longer);
        const [second] = scanFile(replaced).byReference.get('r1') ?? [];
        const removed = removeTransaction(replaced, second!);
        const strip = (bytes: Buffer) =>
          bytes.toString('latin1').replaceAll(/\n+/g, '\n').replace(/^\n/, '');
        expect(strip(removed)).toBe(strip(before));
      }),
      { numRuns: 500 },
    );
  });
});
