/** What a document may be and how it may be written: kinds, namespaces, parties, payments, attachments. */
import { describe, expect, test } from 'vitest';
import { safeFileName } from './attachments.ts';
import { altered, noticeCodes, read, sampleText } from './sample-text.ts';

const RENT = 'rent-2026-10.xml';
const PHONE = 'phone-2026-10.xml';
const CREDIT = 'office-supplies-credit-note-2026-10.xml';

describe('namespaces are known by their address, not their prefix', () => {
  const expected = read(sampleText(RENT)).details;

  test('with other prefixes the bill is the same', () => {
    const text = sampleText(RENT)
      .replaceAll('cac:', 'n1:')
      .replaceAll('cbc:', 'x-2:')
      .replaceAll('xmlns:cac=', 'xmlns:n1=')
      .replaceAll('xmlns:cbc=', 'xmlns:x-2=')
      .replace('<Invoice xmlns=', '<n0:Invoice xmlns:n0=')
      .replace('</Invoice>', '</n0:Invoice>');
    expect(text).toContain('<n0:Invoice');
    expect(read(text).details).toEqual(expected);
  });

  test('with a default namespace declared anew on each element the bill is the same', () => {
    const text = sampleText(RENT).replaceAll(
      /<cbc:(\w+)([^>]*)>([^<]*)<\/cbc:\1>/g,
      "<$1 xmlns='urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2'$2>$3</$1>",
    );
    expect(text).not.toContain('<cbc:');
    expect(read(text).details).toEqual(expected);
  });

  test('the right name in the wrong namespace is not taken', () => {
    const text = altered(RENT, [
      '<cbc:ID>H-10231</cbc:ID>',
      '<ID xmlns="urn:sample:other">WRONG</ID><cbc:ID>H-10231</cbc:ID>',
    ]);
    expect(read(text).details.number).toBe('H-10231');
  });

  test('places in notices have the customary prefixes', () => {
    const text = altered(RENT, [
      '>18400.00</cbc:LineExtensionAmount>',
      '>18401.00</cbc:LineExtensionAmount>',
    ]);
    const other = text.replaceAll('cac:', 'n1:').replaceAll('xmlns:cac=', 'xmlns:n1=');
    expect(read(other).warnings[0]?.place).toBe(
      '/Invoice/cac:InvoiceLine[1]/cbc:LineExtensionAmount',
    );
  });
});

test('an invoice in the envelope of the Peppol network is found', () => {
  const [, body = ''] = sampleText(RENT).split('?>\n');
  const text = `<sh:StandardBusinessDocument xmlns:sh="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"><sh:StandardBusinessDocumentHeader/>${body}</sh:StandardBusinessDocument>`;
  expect(read(text).details).toEqual(read(sampleText(RENT)).details);
});

test("a line's id is one that can be kept everywhere, and its own", () => {
  const ids = (...given: readonly string[]) => {
    const [line = ''] = /<cac:InvoiceLine>.*?<\/cac:InvoiceLine>/s.exec(sampleText(RENT)) ?? [];
    const lines = given.map((id) => line.replace(/<cbc:ID>[^<]*</, `<cbc:ID>${id}<`));
    const { details } = read(sampleText(RENT).replace(line, lines.join('')));
    return details.lines.slice(0, given.length).map(({ id }) => id);
  };
  expect(ids('Pos. 10/A', 'Pos. 10 A', 'række, 1', '§', 'x'.repeat(90))).toEqual([
    'Pos.-10-A',
    'Pos.-10-A-2',
    'r-kke-1',
    '4',
    'x'.repeat(50),
  ]);
});

describe('kinds', () => {
  test('a UBL invoice without a customization is read by the rules of EN 16931', () => {
    const text = sampleText(RENT).replace(/<cbc:CustomizationID>.*<\/cbc:CustomizationID>/, '');
    expect(read(text)).toMatchObject({ format: 'ubl-2.1', warnings: [] });
  });

  test('type 381 in an Invoice document is a credit note, with a notice', () => {
    const { details, warnings } = read(altered(RENT, ['>380<', '>381<']));
    expect(details).toMatchObject({ kind: 'credit-note' });
    expect(details.lines[0]?.netMinor).toBe(1_840_000);
    expect(warnings.map(({ code }) => code)).toEqual(['type-code-unusual']);
  });

  test('a negative invoice stays an invoice, with the signs as written', () => {
    const negative = sampleText(RENT)
      .replaceAll(/(<cbc:(?!PriceAmount)\w+ currencyID="DKK">)/g, '$1-')
      .replaceAll(
        '<cbc:InvoicedQuantity unitCode="MON">',
        '<cbc:InvoicedQuantity unitCode="MON">-',
      );
    const { details, warnings } = read(negative);
    expect(details.kind).toBe('invoice');
    expect(details.lines[0]).toMatchObject({
      quantity: '-1',
      netMinor: -1_840_000,
      vatMinor: -460_000,
    });
    expect(warnings.map(({ code }) => code)).toEqual(['negative-total']);
    // As type 381 it would be turned round twice; it stays what its amounts say.
    expect(read(negative.replace('>380<', '>381<')).details.kind).toBe('invoice');
  });

  test('a pro forma invoice and a copy are told', () => {
    expect(noticeCodes(altered(PHONE, ['>380<', '>325<']))).toEqual(['pro-forma']);
    expect(
      noticeCodes(altered(PHONE, ['>false</cbc:CopyIndicator>', '>true</cbc:CopyIndicator>'])),
    ).toEqual(['copy']);
  });

  test('a credit note of several invoices keeps the first and names them all', () => {
    const reference =
      /<cac:BillingReference>[^]*<\/cac:BillingReference>/.exec(sampleText(CREDIT))?.[0] ?? '';
    const { details, warnings } = read(
      altered(CREDIT, [reference, reference + reference.replace('90-448120', '90-448121')]),
    );
    expect(details.correctsNumber).toBe('90-448120');
    expect(warnings[0]?.message).toContain('90-448120, 90-448121');
  });
});

describe('due day', () => {
  test('of a Peppol credit note stands in the payment means', () => {
    const text = altered(CREDIT, [
      '<cbc:PaymentMeansCode>58</cbc:PaymentMeansCode>',
      '<cbc:PaymentMeansCode>58</cbc:PaymentMeansCode><cbc:PaymentDueDate>2026-10-16</cbc:PaymentDueDate>',
    ]);
    expect(read(text).details.dueOn).toBe('2026-10-16');
  });

  test('may carry a time zone, as the schema allows', () => {
    expect(read(altered(RENT, ['>2026-10-01<', '>2026-10-01+02:00<'])).details.dueOn).toBe(
      '2026-10-01',
    );
  });

  test('is the earliest of several, and none when there is none', () => {
    const date = '<cbc:PaymentDueDate>2026-11-02</cbc:PaymentDueDate>';
    expect(read(altered(PHONE, [date, date + date.replace('11-02', '10-30')])).details.dueOn).toBe(
      '2026-10-30',
    );
    expect(read(altered(PHONE, [date, ''])).details.dueOn).toBeNull();
  });
});

describe('supplier', () => {
  test('a GLN is read from endpoint or identification, and only with 13 digits', () => {
    expect(read(sampleText('office-supplies-2026-09.xml')).details.supplier.gln).toBe(
      '5799999003110',
    );
    const { details, warnings } = read(
      altered('office-supplies-2026-09.xml', ['>5799999003110<', '>123<']),
    );
    expect(details.supplier.gln).toBeUndefined();
    expect(warnings[0]).toMatchObject({
      code: 'gln-invalid',
      message: '"123" is not a GLN (13 digits); left out.',
    });
  });

  test('an OIOUBL VAT number without its country gets it', () => {
    expect(
      read(altered(PHONE, ['schemeID="DK:SE">DK98220100<', 'schemeID="DK:SE">98220100<'])).details
        .supplier.vatNumber,
    ).toBe('DK98220100');
  });

  test('the CVR number is found in the endpoint when the legal entity has none', () => {
    const text = altered(RENT, ['<cbc:CompanyID schemeID="0184">DK98210105</cbc:CompanyID>', '']);
    expect(read(text).details.supplier.companyNumber).toBe('98210105');
  });

  test('a payee that is not the supplier is told: factoring', () => {
    const text = altered(RENT, [
      '<cac:PaymentMeans>',
      '<cac:PayeeParty><cac:PartyName><cbc:Name>Prøvefactoring A/S</cbc:Name></cac:PartyName></cac:PayeeParty><cac:PaymentMeans>',
    ]);
    expect(read(text).warnings).toEqual([
      {
        code: 'payee-differs',
        message: 'The money goes to "Prøvefactoring A/S", not to the supplier.',
        place: '/Invoice/cac:PayeeParty',
      },
    ]);
  });
});

describe('payment means', () => {
  const means = (xml: string) =>
    read(
      sampleText(PHONE).replace(
        /<cac:PaymentMeans>[^]*<\/cac:PaymentMeans>/,
        `<cac:PaymentMeans>${xml}</cac:PaymentMeans>`,
      ),
    );

  test('OIOUBL giro: card type, payment id and account', () => {
    const { details, warnings } = means(
      '<cbc:PaymentMeansCode>50</cbc:PaymentMeansCode><cbc:PaymentChannelCode>DK:GIRO</cbc:PaymentChannelCode><cbc:InstructionID>1234567890123456</cbc:InstructionID><cbc:PaymentID>04</cbc:PaymentID><cac:PayeeFinancialAccount><cbc:ID>1234567</cbc:ID></cac:PayeeFinancialAccount>',
    );
    expect(details.paymentMeans).toEqual([
      {
        kind: 'giro',
        code: '50',
        cardType: '04',
        reference: '1234567890123456',
        account: '1234567',
      },
    ]);
    expect(warnings).toEqual([]);
  });

  test('Peppol giro and FI-kort 73: joined, and without payment id', () => {
    expect(
      means(
        '<cbc:PaymentMeansCode>50</cbc:PaymentMeansCode><cbc:PaymentID>01#</cbc:PaymentID><cac:PayeeFinancialAccount><cbc:ID>1234567</cbc:ID></cac:PayeeFinancialAccount>',
      ).details.paymentMeans[0],
    ).toMatchObject({ kind: 'giro', cardType: '01', reference: undefined });
    expect(
      means(
        '<cbc:PaymentMeansCode>93</cbc:PaymentMeansCode><cbc:PaymentID>73#</cbc:PaymentID><cac:PayeeFinancialAccount><cbc:ID>89990022</cbc:ID></cac:PayeeFinancialAccount>',
      ).details.paymentMeans[0],
    ).toMatchObject({ kind: 'fik', cardType: '73', account: '89990022' });
  });

  test('an OIOUBL IBAN has its BIC one level deeper', () => {
    const { details } = means(
      '<cbc:PaymentMeansCode>31</cbc:PaymentMeansCode><cbc:PaymentChannelCode>IBAN</cbc:PaymentChannelCode><cac:PayeeFinancialAccount><cbc:ID>DK17 9990 0001 2003 45</cbc:ID><cac:FinancialInstitutionBranch><cac:FinancialInstitution><cbc:ID>PROVDKKK</cbc:ID></cac:FinancialInstitution></cac:FinancialInstitutionBranch></cac:PayeeFinancialAccount>',
    );
    expect(details.paymentMeans[0]).toMatchObject({
      kind: 'iban',
      account: 'DK1799900001200345',
      bank: 'PROVDKKK',
    });
  });

  test('channel 42 with DK:FIK is FI-kort, NemKonto is neither account nor card', () => {
    expect(
      means(
        '<cbc:PaymentMeansCode>42</cbc:PaymentMeansCode><cbc:PaymentChannelCode>DK:FIK</cbc:PaymentChannelCode><cbc:InstructionID>000077301880264</cbc:InstructionID><cbc:PaymentID>71</cbc:PaymentID><cac:CreditAccount><cbc:AccountID>89990022</cbc:AccountID></cac:CreditAccount>',
      ).details.paymentMeans[0],
    ).toMatchObject({ kind: 'fik', code: '42' });
    expect(
      means(
        '<cbc:PaymentMeansCode>97</cbc:PaymentMeansCode><cbc:PaymentChannelCode>DK:NEMKONTO</cbc:PaymentChannelCode><cbc:InstructionID>98220100</cbc:InstructionID>',
      ).details.paymentMeans[0],
    ).toMatchObject({ kind: 'other', code: '97', reference: '98220100' });
  });

  test.each([
    [
      'a mistyped IBAN',
      '<cbc:PaymentMeansCode>58</cbc:PaymentMeansCode><cac:PayeeFinancialAccount><cbc:ID>DK1799900001200354</cbc:ID></cac:PayeeFinancialAccount>',
      'iban-invalid',
      'DK1799900001200354',
    ],
    [
      'a payment id of 14 digits',
      '<cbc:PaymentMeansCode>93</cbc:PaymentMeansCode><cbc:InstructionID>00007730188026</cbc:InstructionID><cbc:PaymentID>71</cbc:PaymentID><cac:CreditAccount><cbc:AccountID>89990022</cbc:AccountID></cac:CreditAccount>',
      'payment-reference-invalid',
      '15 digits',
    ],
    [
      'no creditor number',
      '<cbc:PaymentMeansCode>93</cbc:PaymentMeansCode><cbc:PaymentID>73</cbc:PaymentID>',
      'payment-means-incomplete',
      'creditor number',
    ],
    ['no code', '<cbc:PaymentID>1</cbc:PaymentID>', 'payment-means-incomplete', 'BR-49'],
  ] as const)('%s is told', (_, xml, code, words) => {
    const notice = means(xml).warnings[0];
    expect(notice?.code).toBe(code);
    expect(notice?.message).toContain(words);
  });

  test('a whole card number never reaches the bill', () => {
    const { details } = means(
      '<cbc:PaymentMeansCode>48</cbc:PaymentMeansCode><cac:CardAccount><cbc:PrimaryAccountNumberID>5521009999997788</cbc:PrimaryAccountNumberID></cac:CardAccount>',
    );
    expect(JSON.stringify(details)).not.toContain('552100');
  });
});

describe('texts', () => {
  test('a description too long is shortened with a notice, not through the middle of a character', () => {
    const text = altered(RENT, [
      'Husleje, kontor 184 m², oktober 2026',
      `${'x'.repeat(1998)}🧾🧾🧾`,
    ]);
    const { details, warnings } = read(text);
    expect(details.lines[0]?.description).toBe(`${'x'.repeat(1998)}…`);
    expect(warnings).toEqual([
      {
        code: 'text-shortened',
        message: 'A text of 2004 characters was shortened to 2000.',
        place: '/Invoice/cac:InvoiceLine[1]/cac:Item/cbc:Name',
      },
    ]);
  });

  test('identifiers are trimmed and brought to one line', () => {
    expect(read(altered(RENT, ['>H-10231<', '>\n   H-10231\n  <'])).details.number).toBe('H-10231');
  });

  test('notes keep their lines; the payment terms follow', () => {
    const text = altered(RENT, [
      '<cbc:DocumentCurrencyCode>',
      '<cbc:Note>Første linje\r\n   anden linje</cbc:Note><cbc:DocumentCurrencyCode>',
    ]);
    expect(read(text).details.note).toBe(
      'Første linje\nanden linje\nBetales senest den 1. i måneden.',
    );
  });

  test('name and description are joined where they differ', () => {
    expect(read(sampleText('electricity-2026-09.xml')).details.lines[0]?.description).toBe(
      'Elforbrug, erhverv, spotpris i gennemsnit',
    );
    const text = altered(RENT, [
      '<cbc:Name>Aconto vand',
      '<cbc:Description>Måler 7</cbc:Description><cbc:Name>Aconto vand',
    ]);
    expect(read(text).details.lines[2]?.description).toBe('Aconto vand, oktober 2026 – Måler 7');
  });
});

describe('attachments', () => {
  const NAME = 'accountant-2026-11.xml';
  const object =
    /<cbc:EmbeddedDocumentBinaryObject[^]*?<\/cbc:EmbeddedDocumentBinaryObject>/.exec(
      sampleText(NAME),
    )?.[0] ?? '';
  const withObject = (xml: string, limits?: { maxAttachmentBytes: number }) =>
    read(altered(NAME, [object, xml]), limits);
  const embedded = (content: string, attributes = 'mimeCode="text/csv" filename="a.csv"') =>
    `<cbc:EmbeddedDocumentBinaryObject ${attributes}>${content}</cbc:EmbeddedDocumentBinaryObject>`;

  test.each([
    ['no base64', embedded('æøå!'), 'attachment-unreadable'],
    ['an empty one', embedded(' \n '), 'attachment-unreadable'],
    ['base64 that is cut off', embedded('QUJD\nRA='), 'attachment-unreadable'],
    ['padding in the middle', embedded('QQ==QUJD'), 'attachment-unreadable'],
    [
      'one that is not the PDF it is said to be',
      embedded('QUJD', 'mimeCode="application/pdf" filename="a.pdf"'),
      'attachment-not-as-declared',
    ],
  ])('%s is told', (_, xml, code) => {
    const bill = withObject(xml);
    expect(bill.warnings.map((warning) => warning.code)).toEqual([code]);
    expect(bill.attachments).toHaveLength(code === 'attachment-unreadable' ? 0 : 1);
  });

  test('one larger than allowed is left out, and the bill comes in', () => {
    const bill = withObject(object, { maxAttachmentBytes: 100 });
    expect(bill.attachments).toEqual([]);
    expect(bill.warnings[0]).toMatchObject({
      code: 'attachment-too-large',
      place: expect.stringContaining('cbc:EmbeddedDocumentBinaryObject'),
    });
    expect(bill.details.number).toBe('26/10442');
  });

  test('line breaks within the base64 do not matter', () => {
    expect(
      Buffer.from(
        withObject(embedded('\r\n QU\tJD \n RA==\n')).attachments[0]?.content ?? [],
      ).toString(),
    ).toBe('ABCD');
  });

  test('one that lies elsewhere is named, not fetched', () => {
    const bill = withObject(
      '<cac:ExternalReference><cbc:URI>https://files.sample.example/1</cbc:URI></cac:ExternalReference>',
    );
    expect(bill.attachments).toEqual([]);
    expect(bill.warnings[0]).toMatchObject({
      code: 'attachment-elsewhere',
      message: expect.stringContaining('https://files.sample.example/1'),
    });
  });

  test('two of one name get names of their own', () => {
    const reference =
      /<cac:AdditionalDocumentReference>[^]*<\/cac:AdditionalDocumentReference>/.exec(
        sampleText(NAME),
      )?.[0] ?? '';
    const names = read(
      altered(NAME, [reference, reference + reference.replace('"Faktura', '"FAKTURA')]),
    ).attachments.map(({ name }) => name);
    expect(names).toEqual(['Faktura 26-10442.pdf', 'FAKTURA 26-10442 (2).pdf']);
  });

  test.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\x\\faktura.pdf', 'faktura.pdf'],
    ['..', null],
    ['   ', null],
    ['.bashrc', 'bashrc'],
    ['-rf.pdf', 'rf.pdf'],
    ['con.txt', '_con.txt'],
    ['fak\u202Efdp.exe', 'fak fdp.exe'],
    ['a\u0000b<c>:"|?*.pdf', 'a b c.pdf'],
    [`${'ø'.repeat(400)}.pdf`, `${'ø'.repeat(120)}.pdf`],
    ['Regning – sæbe.pdf', 'Regning – sæbe.pdf'],
  ])('the file name %j is kept as %j', (stated, kept) => {
    expect(safeFileName(stated)).toBe(kept);
  });

  test('a media type that is none becomes bytes without a type', () => {
    expect(
      withObject(embedded('QUJD', 'mimeCode="text/html;x=1" filename="a"')).attachments[0],
    ).toMatchObject({ mediaType: 'application/octet-stream', name: 'a' });
  });
});
