import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createRecordingCall } from '../../sdk/testing/recording-call.ts';
import { fileFailure } from './failures.ts';
import { markerPath } from './layout.ts';
import { failureOf, invoice, options, payment, testJournal } from './test-journal.ts';

/** Real disks and real programs, on a machine that may be busy. */
vi.setConfig({ testTimeout: 60_000 });

const call = createRecordingCall();

describe('a journal that is away is not an empty one', () => {
  it('no journal yet: nothing is found, and the first write begins it', async () => {
    using there = testJournal();
    expect(await there.session.find(call, invoice())).toBeNull();
    expect(existsSync(there.folder)).toBe(false);
    await there.session.create(call, invoice(), options);
    expect(await there.session.find(call, invoice())).not.toBeNull();
  });

  it.each([
    ['the folder is gone', (folder: string) => renameSync(folder, `${folder}-væk`)],
    [
      'the disk is not mounted: the folder is there and empty',
      (folder: string) => {
        renameSync(folder, `${folder}-væk`);
        mkdirSync(folder);
      },
    ],
    ['the main file is gone', (folder: string) => rmSync(join(folder, 'regnskab.journal'))],
    ['our month file is gone', (folder: string) => rmSync(join(folder, 'spor/2026-11.journal'))],
    ['our folder is gone', (folder: string) => rmSync(join(folder, 'spor'), { recursive: true })],
    [
      'the main file was replaced by another',
      (folder: string) => writeFileSync(join(folder, 'regnskab.journal'), '; ny\n'),
    ],
    [
      'the main file includes what is not there',
      (folder: string) =>
        writeFileSync(
          join(folder, 'regnskab.journal'),
          'include spor/spor.journal\ninclude egne/*.journal\n',
        ),
    ],
  ])('%s', async (_what, happen) => {
    using there = testJournal();
    const kept = await there.session.create(call, invoice(), options);
    happen(there.folder);
    for (const session of [there.session, there.open()]) {
      const codes = [
        await failureOf(session.find(call, invoice())),
        await failureOf(session.read(call, '0193-1', invoice())),
        await failureOf(session.create(call, payment(), options)),
        await failureOf(session.update(call, kept, invoice({ note: 'x' }), options)),
        await failureOf(session.remove!(call, kept, invoice(), options)),
        await failureOf(session.check(call)),
      ];
      for (const code of codes) expect(['target-unreachable', 'target-unreadable']).toContain(code);
    }
  });

  it('is not begun again by a session that reads back a posting it has synced before', async () => {
    using there = testJournal();
    expect(await failureOf(there.session.read(call, '0193-1', invoice()))).toBe(
      'target-unreachable',
    );
    expect(await failureOf(there.session.create(call, payment(), options))).toBe(
      'target-unreachable',
    );
  });

  // A pipe in a file's place holds the one who looks until all of the journal is there.
  it.each([
    ['the index', 'spor/spor.journal'],
    ['the main file', 'regnskab.journal'],
  ])('is not called away by one who looks at %s while another begins it', async (_what, path) => {
    using there = testJournal();
    using another = testJournal();
    await another.session.create(call, invoice(), options);
    const pipe = join(there.folder, path);
    mkdirSync(dirname(pipe), { recursive: true });
    execFileSync('mkfifo', [pipe]);
    const looking = there.session.find(call, invoice());
    const opened = await open(pipe, 'w');
    renameSync(there.folder, `${there.folder}-pipe`);
    renameSync(another.folder, there.folder);
    renameSync(markerPath(another.folder), markerPath(there.folder));
    await opened.close();
    expect(await looking).toMatchObject({ remoteId: '0193-1' });
  });

  it('is not begun beside the disk it is on, which is to be mounted', async () => {
    using there = testJournal();
    const disk = join(there.folder, 'disk');
    const session = there.open({ folder: join(disk, 'regnskab') });
    expect(await failureOf(session.create(call, invoice(), options))).toBe('target-unreachable');
    expect(existsSync(disk)).toBe(false);
    mkdirSync(disk, { recursive: true });
    expect(await failureOf(session.create(call, invoice(), options))).toBeNull();
  });

  it('is itself again when the disk is back', async () => {
    using there = testJournal();
    await there.session.create(call, invoice(), options);
    renameSync(there.folder, `${there.folder}-væk`);
    expect(await failureOf(there.session.find(call, invoice()))).toBe('target-unreachable');
    renameSync(`${there.folder}-væk`, there.folder);
    expect(await there.session.find(call, invoice())).not.toBeNull();
  });
});

describe('a folder that cannot be used', () => {
  it('a folder that is still to be made is not made by a check, nor one above it', async () => {
    using there = testJournal();
    expect(await failureOf(there.session.check(call))).toBeNull();
    const mistyped = there.open({ folder: join(there.folder, 'firma', 'regnskab') });
    expect(await failureOf(mistyped.check(call))).toBe('settings-wrong');
    const nowhere = there.open({ folder: '/proc/regnskab' });
    expect(await failureOf(nowhere.create(call, invoice(), options))).toBe('target-unreachable');
    expect(existsSync(there.folder)).toBe(false);
  });

  it('a file in the folder’s place is a wrong setting', async () => {
    using there = testJournal();
    writeFileSync(there.folder, 'en fil');
    expect(await failureOf(there.session.check(call))).toBe('settings-wrong');
  });

  it.skipIf(process.getuid?.() === 0)('a folder we may not write is access denied', async () => {
    using there = testJournal();
    mkdirSync(there.folder);
    chmodSync(there.folder, 0o500);
    expect(await failureOf(there.session.check(call))).toBe('access-denied');
    chmodSync(there.folder, 0o700);
  });

  it.each([
    ['EACCES', 'access-denied'],
    ['EROFS', 'access-denied'],
    ['ENOSPC', 'target-unreachable'],
    ['EIO', 'target-unreachable'],
    ['ENOTDIR', 'settings-wrong'],
    ['EMFILE', 'target-busy'],
    ['ESOMETHING', 'target-error'],
  ])('%s is %s', (code, expected) => {
    const failure = fileFailure(Object.assign(new Error(`${code}: no`), { code }), '/r');
    expect(failure.details).toMatchObject({
      code: expected,
      subject: '/r',
      originalMessage: `${code}: no`,
    });
    expect(failure.uncertain).toBe(false);
  });

  it('a disk that is full stops the connection and leaves the journal as it was', async () => {
    using there = testJournal();
    await there.session.create(call, invoice(), options);
    const before = there.text('spor/2026-11.journal');
    // The temporary file of the month is made to be a device that has no room.
    symlinkSync(
      '/dev/full',
      join(there.folder, 'spor', `.spor-write-${process.pid}-2026-11.journal.tmp`),
    );
    const failure = await failureOf(there.session.create(call, payment(), options));
    expect(failure).toBe('target-unreachable');
    expect(there.text('spor/2026-11.journal')).toBe(before);
    expect(await there.session.find(call, payment())).toBeNull();
  });

  it('a main file behind a symbolic link stays a link', async () => {
    using there = testJournal();
    mkdirSync(there.folder);
    const real = join(dirname(there.folder), 'rigtig.journal');
    writeFileSync(real, '; min\n');
    symlinkSync(real, there.main);
    await there.session.create(call, invoice(), options);
    expect(there.text()).toBe('; min\n\ninclude spor/spor.journal\n');
    expect(there.text('../rigtig.journal')).toBe(there.text());
    expect(await there.session.find(call, invoice())).not.toBeNull();
  });
});
