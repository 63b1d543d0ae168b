/** What is refused, with the reason and the place: files that are not XML, not whole, or meant to harm. */
import { describe, expect, test } from 'vitest';
import { readEInvoice } from './index.ts';
import { altered, read, refusal, sampleText } from './sample-text.ts';

const RENT = 'rent-2026-10.xml';
const PROLOG = '<?xml version="1.0" encoding="UTF-8"?>';

describe('XML that is not well-formed', () => {
  test.each([
    ['crossed tags', '<a>\n<b></a></b>', 'xml-malformed', 2, 4, '</b> is due (begun on line 2)'],
    ['a bare ampersand', '<a>Jens & Co</a>', 'xml-malformed', 1, 9, '"&amp;"'],
    ['an attribute twice', '<a b="1"\n b="2"/>', 'xml-malformed', 1, 9, 'stands twice'],
    ['"<" in an attribute', '<a b="<"/>', 'xml-malformed', 1, 3, 'not written as XML asks'],
    ['an attribute without quotes', '<a b=1/>', 'xml-malformed', 1, 3, 'not written as XML asks'],
    [
      'attributes without space',
      '<a b="1"c="2"/>',
      'xml-malformed',
      1,
      9,
      'not written as XML asks',
    ],
    ['a control character', '<a>\n x\u0001</a>', 'xml-malformed', 2, 3, 'U+0001'],
    ['a reference to a control character', '<a>&#1;</a>', 'xml-malformed', 1, 4, '&#1;'],
    ['a reference to nothing', '<a>&#x110000;</a>', 'xml-malformed', 1, 4, '&#x110000;'],
    ['"]]>" in text', '<a>x]]></a>', 'xml-malformed', 1, 5, 'outside CDATA'],
    ['"--" in a comment', '<a><!-- x -- y --></a>', 'xml-malformed', 1, 11, 'comment'],
    ['an undeclared prefix', '<q:a/>', 'xml-malformed', 1, 1, '"q" is not declared'],
    [
      'an undeclared prefix of an attribute',
      '<a q:b="1"/>',
      'xml-malformed',
      1,
      3,
      '"q" is not declared',
    ],
    [
      'one attribute by two prefixes',
      '<a xmlns:p="u" xmlns:q="u" p:x="1" q:x="2"/>',
      'xml-malformed',
      1,
      35,
      'stands twice',
    ],
    ['a prefix bound to nothing', '<a xmlns:p=""/>', 'xml-malformed', 1, 3, 'not allowed'],
    ['text after the end', '<a/>\nmore', 'xml-malformed', 2, 1, 'outside'],
    ['two roots', '<a/><b/>', 'xml-malformed', 1, 5, 'second element'],
    ['an end tag alone', '<a/></a>', 'xml-malformed', 1, 5, 'stands alone'],
    ['CDATA outside', '<![CDATA[x]]><a/>', 'xml-malformed', 1, 1, 'CDATA'],
    ['a tag without a name', '<a><1></a>', 'xml-malformed', 1, 4, 'no element name'],
    [
      'an unknown declaration',
      '<a><!foo bar baz></a>',
      'xml-malformed',
      1,
      4,
      'neither a comment nor CDATA',
    ],
    ['the XML declaration in the middle', `<a>${PROLOG}</a>`, 'xml-malformed', 1, 4, 'very start'],
    ['a line end of CR alone', '<a>\r<b>&</b></a>', 'xml-malformed', 2, 4, '"&amp;"'],
  ])('%s: place and reason', (_, text, code, line, column, words) => {
    const told = refusal(text);
    expect(told).toMatchObject({ code, line, column });
    expect(told.message).toContain(words);
  });
});

describe('XML that ends too early', () => {
  test.each([
    ['inside an element', '<a>\n<b>text', 2, 8, '<b>, which begins on line 2'],
    ['inside a tag', '<a>\n<b attr="x', 2, 3, 'inside a tag within <a>'],
    ['inside an end tag', '<a></a', 1, 4, 'end tag'],
    ['inside a comment', '<a><!-- x', 1, 4, 'comment'],
    ['inside CDATA', '<a><![CDATA[x', 1, 4, 'CDATA'],
    ['inside an instruction', '<a/><?x', 1, 5, '<?'],
    ['before the first element', `${PROLOG}\n`, 2, 1, 'before its first element'],
  ])('%s', (_, text, line, column, words) => {
    const told = refusal(text);
    expect(told).toMatchObject({ code: 'xml-truncated', line, column });
    expect(told.message).toContain(words);
  });

  test('an invoice cut off in the middle names the element it was in', () => {
    const whole = sampleText(RENT);
    const told = refusal(whole.slice(0, whole.indexOf('<cac:TaxTotal>') + 20));
    expect(told.code).toBe('xml-truncated');
    expect(told.message).toBe('The file ends inside a tag within <cac:TaxTotal>.');
  });
});

describe('entities and document types', () => {
  const laughs = `<!DOCTYPE lolz [<!ENTITY lol "lol">${Array.from({ length: 9 }, (_, i) => `<!ENTITY lol${i + 1} "${`&lol${i || ''};`.repeat(10)}">`).join('')}]>`;

  test.each([
    ['a billion laughs', `${PROLOG}\n${laughs}<Invoice>&lol9;</Invoice>`, 2, 1],
    [
      'an external entity',
      `${PROLOG}\n<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>`,
      2,
      1,
    ],
    ['an external subset', '<!DOCTYPE a SYSTEM "http://sample.example/a.dtd"><a/>', 1, 1],
    ['a parameter entity inside', '<a>\n  <!ENTITY % p "x"></a>', 2, 3],
    ['a document type in lower case', '<!doctype html><html></html>', 1, 1],
  ])('%s is refused before anything is read', (_, text, line, column) => {
    expect(refusal(text)).toMatchObject({ code: 'xml-entities-refused', line, column });
  });

  test('an entity nobody declared is refused by name', () => {
    const told = refusal(altered(RENT, ['Aconto varme', 'Aconto&nbsp;varme']));
    expect(told.code).toBe('xml-entities-refused');
    expect(told.message).toContain('&nbsp;');
  });

  test('an invoice may speak of a DOCTYPE in CDATA and comments, and use the five entities', () => {
    const text = altered(RENT, [
      'Husleje, kontor 184 m², oktober 2026',
      '<!-- <!DOCTYPE x> -->Kaj &amp; S&#248;n &lt;A/S&gt;<![CDATA[ & <!DOCTYPE y>]]>',
    ]);
    expect(read(text).details.lines[0]?.description).toBe('Kaj & Søn <A/S> & <!DOCTYPE y>');
  });
});

describe('limits', () => {
  test('a file of more bytes than allowed is not even decoded', () => {
    expect(refusal(sampleText(RENT), { maxBytes: 1000 })).toMatchObject({
      code: 'xml-too-large',
      line: null,
    });
  });

  test('elements nested deeper than allowed are refused, however deep they go', () => {
    const deep = '<a>'.repeat(200_000);
    expect(refusal(deep)).toMatchObject({ code: 'xml-too-deep', line: 1, column: 64 * 3 + 1 });
    expect(refusal(sampleText(RENT), { maxDepth: 3 }).code).toBe('xml-too-deep');
  });

  test('more elements than allowed are refused', () => {
    const many = `<a>${'<b/>'.repeat(1000)}</a>`;
    expect(refusal(many, { maxElements: 1000 })).toMatchObject({
      code: 'xml-too-large',
      column: 4 + 999 * 4,
    });
  });

  test('more attributes than anyone needs are refused', () => {
    const many = Array.from({ length: 101 }, (_, i) => ` a${i}="x"`).join('');
    expect(refusal(`<a${many}/>`)).toMatchObject({ code: 'xml-too-large', line: 1 });
  });

  test('more lines than allowed are refused', () => {
    expect(refusal(sampleText(RENT), { maxLines: 2 })).toMatchObject({
      code: 'xml-too-large',
      place: '/Invoice',
    });
  });
});

describe('files that are something else', () => {
  test.each([
    ['an empty file', ''],
    ['a PDF', '%PDF-1.7\n%âãÏÓ'],
    ['JSON', '{"number": "1"}'],
    ['an HTML page', '<html><body>Fejl</body></html>'],
    ['a UBL order', '<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>'],
    ['an invoice of another standard', '<Invoice xmlns="urn:sample:other"/>'],
  ])('%s is not an invoice', (_, text) => {
    expect(refusal(text).code).toBe('not-an-invoice');
  });

  test('the message names what the document is', () => {
    const told = refusal('<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>');
    expect(told).toMatchObject({ place: '/Order', line: 1, column: 1 });
    expect(told.message).toContain(
      '<Order> of "urn:oasis:names:specification:ubl:schema:xsd:Order-2"',
    );
  });
});

describe('fields', () => {
  test.each([
    ['no number', ['<cbc:ID>H-10231</cbc:ID>', ''], 'field-missing', '/Invoice/cbc:ID', 'missing'],
    [
      'an empty number',
      ['<cbc:ID>H-10231</cbc:ID>', '<cbc:ID> </cbc:ID>'],
      'field-missing',
      '/Invoice/cbc:ID',
      'empty',
    ],
    [
      'no issue date',
      ['<cbc:IssueDate>2026-09-21</cbc:IssueDate>', ''],
      'field-missing',
      '/Invoice/cbc:IssueDate',
      'missing',
    ],
    [
      'a day that does not exist',
      ['2026-09-21', '2026-09-31'],
      'field-invalid',
      '/Invoice/cbc:IssueDate',
      '"2026-09-31"',
    ],
    [
      'a day in Danish order',
      ['2026-10-01', '01-10-2026'],
      'field-invalid',
      '/Invoice/cbc:DueDate',
      '"01-10-2026"',
    ],
    [
      'no currency',
      ['<cbc:DocumentCurrencyCode>DKK</cbc:DocumentCurrencyCode>', ''],
      'field-missing',
      '/Invoice/cbc:DocumentCurrencyCode',
      'missing',
    ],
    [
      'a word for a currency',
      ['>DKK<', '>kroner<'],
      'field-invalid',
      '/Invoice/cbc:DocumentCurrencyCode',
      '"kroner"',
    ],
    [
      'an amount with a comma',
      ['>18400.00</cbc:LineExtensionAmount>', '>18.400,00</cbc:LineExtensionAmount>'],
      'field-invalid',
      '/Invoice/cac:InvoiceLine[1]/cbc:LineExtensionAmount',
      '"18.400,00"',
    ],
    [
      'an amount with an exponent',
      ['>18400.00</cbc:LineExtensionAmount>', '>1.84e4</cbc:LineExtensionAmount>'],
      'field-invalid',
      '/Invoice/cac:InvoiceLine[1]/cbc:LineExtensionAmount',
      '"1.84e4"',
    ],
    [
      'an amount in another currency',
      ['currencyID="DKK">1650.00</cbc:Line', 'currencyID="EUR">1650.00</cbc:Line'],
      'field-invalid',
      '/Invoice/cac:InvoiceLine[2]/cbc:LineExtensionAmount',
      'in "EUR", the document in DKK',
    ],
    [
      'an amount larger than any bill',
      ['>310.00</cbc:LineExtensionAmount>', '>99999999999999.00</cbc:LineExtensionAmount>'],
      'field-invalid',
      '/Invoice/cac:InvoiceLine[3]/cbc:LineExtensionAmount',
      'larger',
    ],
    [
      'a VAT rate below zero',
      ['<cbc:Percent>25</cbc:Percent>', '<cbc:Percent>-25</cbc:Percent>'],
      'field-invalid',
      '/Invoice/cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:Percent',
      'between 0 and 100',
    ],
    [
      'no amount to pay',
      ['<cbc:PayableAmount currencyID="DKK">25450.00</cbc:PayableAmount>', ''],
      'field-missing',
      '/Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount',
      'missing',
    ],
    [
      'a number too long',
      ['H-10231', '1'.repeat(201)],
      'field-invalid',
      '/Invoice/cbc:ID',
      '200 characters',
    ],
    [
      'a number with a control character',
      ['H-10231', 'H&#x85;1'],
      'field-invalid',
      '/Invoice/cbc:ID',
      'control character',
    ],
  ] as const)('%s: place, line and reason', (_, change, code, place, words) => {
    const text = altered(RENT, change);
    const told = refusal(text);
    expect(told).toMatchObject({ code, place });
    expect(told.message).toContain(words);
    expect(told.line).toBeGreaterThan(0);
  });

  test('the line and column are those of the field in the file', () => {
    const text = altered(RENT, ['2026-09-21', '2026-13-21']);
    const before = text.slice(0, text.indexOf('<cbc:IssueDate>')).split('\n');
    expect(refusal(text)).toMatchObject({
      line: before.length,
      column: (before.at(-1)?.length ?? 0) + 1,
    });
  });

  test('a supplier without a name is refused', () => {
    const text = sampleText(RENT).replace(
      /<cac:AccountingSupplierParty>[^]*<\/cac:AccountingSupplierParty>/,
      '<cac:AccountingSupplierParty><cac:Party/></cac:AccountingSupplierParty>',
    );
    expect(refusal(text)).toMatchObject({
      code: 'field-missing',
      place: '/Invoice/cac:AccountingSupplierParty/cac:Party/cac:PartyName/cbc:Name',
    });
  });

  test('an invoice without lines is refused', () => {
    const text = sampleText(RENT).replace(/<cac:InvoiceLine>[^]*<\/cac:InvoiceLine>/, '');
    expect(refusal(text)).toMatchObject({
      code: 'field-missing',
      place: '/Invoice/cac:InvoiceLine',
    });
  });

  test('an allowance that is neither allowance nor charge is refused', () => {
    const text = altered('coffee-2026-10.xml', [
      '<cbc:ChargeIndicator>false<',
      '<cbc:ChargeIndicator>maybe<',
    ]);
    expect(refusal(text)).toMatchObject({
      code: 'field-invalid',
      place: '/Invoice/cac:AllowanceCharge[1]/cbc:ChargeIndicator',
    });
  });
});

test('a refusal never carries a foreign error', () => {
  // Not bytes at all: a caller's mistake, still answered in kind.
  expect(() => readEInvoice(null as unknown as Uint8Array)).toThrow(
    expect.objectContaining({ name: 'IntakeError', code: 'unreadable' }),
  );
});
