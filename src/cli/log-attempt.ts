/** Everything about one attempt as text: enough to solve it, or to send to who can. */
import type { AttemptDetailShape, DocumentShape } from '../contract/sync-shapes.ts';
import type { Language } from '../messages/languages.ts';
import { localTime, plain, plainLines } from './terminal.ts';
import { triggerText, WORDS } from './words.ts';

export function attemptText(
  attempt: AttemptDetailShape,
  connections: ReadonlyMap<string, string>,
  language: Language,
): string {
  const words = WORDS[language];
  const { columns, parts } = words;
  const { bill, failure } = attempt;
  const facts: [string, string | null][] = [
    [columns.attempt, attempt.id],
    [parts.bill, `${bill.number}, ${bill.supplier.name} (${bill.id}, r${bill.revision})`],
    [columns.connection, connections.get(attempt.connectionId) ?? attempt.connectionId],
    [columns.posting, words.posting[attempt.kind]],
    [columns.when, localTime(attempt.openedAt)],
    [columns.trigger, triggerText(attempt, language)],
    [columns.outcome, words.outcome[attempt.outcome ?? 'under-way']],
    [parts.duration, attempt.durationMs === null ? null : `${Math.round(attempt.durationMs)} ms`],
    [parts.thereAs, [attempt.remoteId, attempt.link].filter((part) => part !== null).join('  ')],
    [parts.before, attempt.previousAttemptId],
    [parts.hash, attempt.hash],
  ];
  const conflicts = failure?.code === 'booked-otherwise' ? parts.otherwise : parts.conflicts;
  const said = facts.filter((fact): fact is [string, string] => Boolean(fact[1]));
  const widest = Math.max(...said.map(([name]) => name.length));
  const sections = [
    said.map(([name, value]) => `${name.padEnd(widest)}  ${plain(value)}`).join('\n'),
    failure &&
      section(`${parts.failure}: ${failure.title} (${failure.code})`, [
        failure.remedy,
        ...(failure.originalMessage ? [`${parts.itsOwnWords}: ${failure.originalMessage}`] : []),
      ]),
    section(
      attempt.decision ? `${parts.conflicts} (${parts[attempt.decision.rule]})` : conflicts,
      (attempt.decision?.conflicts ?? failure?.conflicts ?? []).map(
        ({ field, confirmed, there, wanted }) =>
          `${field}: ${confirmed ?? '–'} → ${there ?? '–'} (${parts.bill}: ${wanted ?? '–'})`,
      ),
    ),
    section(
      parts.differences,
      attempt.differences.map(
        ({ field, before, after }) => `${field}: ${before ?? '–'} → ${after ?? '–'}`,
      ),
    ),
    attempt.document
      ? section(parts.document, documentLines(attempt.document))
      : indented(parts.noDocument),
    attempt.writes.length === 0 ? parts.noWrites : null,
    ...attempt.writes.map((write, index) =>
      section(`${parts.writes} ${index + 1}: ${write.method} ${write.target}`, [
        `${localTime(write.sentAt)}  SHA-256 ${write.sha256 ?? '–'}`,
        ...(write.body === null ? [] : [write.body]),
      ]),
    ),
    ...attempt.exchanges.map((each, index) =>
      section(`${parts.exchanges} ${index + 1}: ${each.method} ${each.target}`, [
        ...headerLines('>', each.requestHeaders),
        ...(each.requestBody === null ? [] : [each.requestBody]),
        `< ${each.status ?? each.error ?? '–'}  (${Math.round(each.durationMs)} ms)`,
        ...headerLines('<', each.answerHeaders),
        ...(each.answerBody === null ? [] : [each.answerBody]),
      ]),
    ),
  ];
  return sections.filter((part) => part !== null && part !== '').join('\n\n');
}

function section(title: string, lines: readonly string[]): string | null {
  if (lines.length === 0) return null;
  return [plain(title), ...lines.map(indented)].join('\n');
}

function indented(text: string): string {
  return plainLines(text)
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
}

function headerLines(mark: string, headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).map(([name, value]) => `${mark} ${name}: ${plain(value)}`);
}

function documentLines(document: DocumentShape): string[] {
  const { lines, attachments, ...facts } = document;
  return [
    ...Object.entries(facts)
      .filter(([, value]) => value !== null && value !== '')
      .map(([name, value]) => `${name}: ${value}`),
    ...lines.map(
      (line) =>
        `${line.id}: ${line.account}  ${line.net} + ${line.vat} (${line.vatCode ?? `${line.vatCategory} ${line.vatPercent} %`})  ${line.description}`,
    ),
    ...attachments.map((name) => `+ ${name}`),
  ];
}
