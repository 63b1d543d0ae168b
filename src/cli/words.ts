/** The log's words in Danish and English, as the web pages say them. */
import type { Outcome } from '../core/attempt.ts';
import type { ChangeKind } from '../core/change.ts';
import type { AttemptShape, PostingShape } from '../contract/sync-shapes.ts';
import type { Language } from '../messages/languages.ts';

interface Words {
  readonly columns: {
    readonly when: string;
    readonly connection: string;
    readonly posting: string;
    readonly trigger: string;
    readonly outcome: string;
    readonly attempt: string;
  };
  readonly posting: Readonly<Record<PostingShape['kind'], string>>;
  readonly outcome: Readonly<Record<Outcome | 'under-way', string>>;
  readonly automatic: string;
  readonly manual: string;
  readonly retry: string;
  readonly settings: string;
  readonly bulk: string;
  readonly nothing: string;
  readonly archived: string;
  readonly notKept: string;
  readonly change: Readonly<Record<ChangeKind, string>>;
  readonly parts: Readonly<
    Record<
      | 'bill'
      | 'duration'
      | 'thereAs'
      | 'failure'
      | 'itsOwnWords'
      | 'conflicts'
      | 'otherwise'
      | 'bill-wins'
      | 'accounting-system-wins'
      | 'document'
      | 'noDocument'
      | 'differences'
      | 'writes'
      | 'noWrites'
      | 'exchanges'
      | 'before'
      | 'hash',
      string
    >
  >;
}

export const WORDS: Readonly<Record<Language, Words>> = {
  da: {
    columns: {
      when: 'Tid',
      connection: 'Integration',
      posting: 'Postering',
      trigger: 'Udløst af',
      outcome: 'Resultat',
      attempt: 'Synkroniseringsforsøg',
    },
    posting: { 'supplier-invoice': 'Leverandørfaktura', 'supplier-payment': 'Leverandørbetaling' },
    outcome: {
      created: 'Oprettet',
      updated: 'Opdateret',
      replaced: 'Krediteret og oprettet igen',
      unchanged: 'Uændret',
      linked: 'Fundet og tilknyttet',
      removed: 'Fjernet',
      failed: 'Fejlet',
      uncertain: 'Uvist resultat',
      'under-way': 'I gang',
    },
    automatic: 'Automatisk',
    manual: 'Manuel',
    retry: 'nyt forsøg',
    settings: 'integrationens indstillinger ændret',
    bulk: 'flere på én gang',
    nothing: 'Intet er forsøgt endnu.',
    archived: 'Ældre forsøg er arkiveret:',
    notKept: 'ikke gemt',
    change: {
      added: 'tilføjet',
      approved: 'godkendt',
      paid: 'betalt',
      'marked-as-paid': 'markeret som betalt',
      'payment-removed': 'betaling fjernet',
      cancelled: 'annulleret',
      'due-date-changed': 'forfaldsdato ændret',
      'issue-date-changed': 'fakturadato ændret',
      'number-changed': 'nummer ændret',
      'supplier-changed': 'leverandør ændret',
      'category-changed': 'kategori ændret',
      'vat-code-changed': 'momskode ændret',
      'amount-changed': 'beløb ændret',
      'description-changed': 'tekst ændret',
      'note-changed': 'note ændret',
      'department-changed': 'afdeling ændret',
      'project-changed': 'projekt ændret',
      'accepted-as-separate': 'godtaget som ikke dublet',
    },
    parts: {
      bill: 'Bilag',
      duration: 'Varighed',
      thereAs: 'I regnskabssystemet',
      failure: 'Fejl',
      itsOwnWords: 'Regnskabssystemets egne ord',
      conflicts: 'Ændret i regnskabssystemet',
      otherwise: 'Bogført anderledes',
      'bill-wins': 'afgjort af reglen: bilaget gælder',
      'accounting-system-wins': 'afgjort af reglen: regnskabssystemet gælder',
      document: 'Det, regnskabssystemet skulle have',
      noDocument: 'Posteringen kunne ikke laves af bilaget; se fejlen ovenfor.',
      differences: 'Ændret siden forsøget før',
      writes: 'Det, der blev sendt',
      noWrites: 'Intet blev skrevet i regnskabssystemet.',
      exchanges: 'Udvekslinger',
      before: 'Forsøget før',
      hash: 'Kæde-hash',
    },
  },
  en: {
    columns: {
      when: 'Time',
      connection: 'Integration',
      posting: 'Posting',
      trigger: 'Triggered by',
      outcome: 'Outcome',
      attempt: 'Sync attempt',
    },
    posting: { 'supplier-invoice': 'Supplier invoice', 'supplier-payment': 'Supplier payment' },
    outcome: {
      created: 'Created',
      updated: 'Updated',
      replaced: 'Credited and made anew',
      unchanged: 'Unchanged',
      linked: 'Found and linked',
      removed: 'Removed',
      failed: 'Failed',
      uncertain: 'Outcome uncertain',
      'under-way': 'Under way',
    },
    automatic: 'Automatic',
    manual: 'Manual',
    retry: 'another try',
    settings: "the integration's settings changed",
    bulk: 'several at once',
    nothing: 'Nothing has been tried yet.',
    archived: 'Older attempts are archived:',
    notKept: 'not kept',
    change: {
      added: 'added',
      approved: 'approved',
      paid: 'paid',
      'marked-as-paid': 'marked as paid',
      'payment-removed': 'payment removed',
      cancelled: 'cancelled',
      'due-date-changed': 'due date changed',
      'issue-date-changed': 'invoice date changed',
      'number-changed': 'number changed',
      'supplier-changed': 'supplier changed',
      'category-changed': 'category changed',
      'vat-code-changed': 'VAT code changed',
      'amount-changed': 'amount changed',
      'description-changed': 'text changed',
      'note-changed': 'note changed',
      'department-changed': 'department changed',
      'project-changed': 'project changed',
      'accepted-as-separate': 'accepted as no duplicate',
    },
    parts: {
      bill: 'Bill',
      duration: 'Duration',
      thereAs: 'In the accounting system',
      failure: 'Failure',
      itsOwnWords: "The accounting system's own words",
      conflicts: 'Changed in the accounting system',
      otherwise: 'Booked otherwise',
      'bill-wins': 'decided by the rule: the bill wins',
      'accounting-system-wins': 'decided by the rule: the accounting system wins',
      document: 'What the accounting system was to have',
      noDocument: 'The posting could not be made from the bill; see the failure above.',
      differences: 'Changed since the attempt before',
      writes: 'What was sent',
      noWrites: 'Nothing was written to the accounting system.',
      exchanges: 'Exchanges',
      before: 'The attempt before',
      hash: 'Chained hash',
    },
  },
};

/** `Automatisk: forfaldsdato ændret`, `Manuel: Bogholderen`. */
export function triggerText(
  { trigger, changes, actor }: Pick<AttemptShape, 'trigger' | 'changes' | 'actor'>,
  language: Language,
): string {
  const words = WORDS[language];
  const by = (kind: string, parts: readonly (string | null)[]) => {
    const said = parts.filter((part) => part !== null).join(', ');
    return said === '' ? kind : `${kind}: ${said}`;
  };
  switch (trigger) {
    case 'manual':
      return by(words.manual, [actor]);
    case 'bulk':
      return by(words.manual, [actor, words.bulk]);
    case 'retry':
      return by(words.automatic, [words.retry]);
    case 'settings':
      return by(words.automatic, [words.settings]);
    case 'change':
      return by(
        words.automatic,
        changes.map((change) => words.change[change]),
      );
  }
}
