"""Makes the books of a small Danish company in a fresh Tryton database.

Everything is entered through Tryton's own client library (proteus), in process, so that each record
has passed the defaults and the rules it would have passed in the desktop client; nothing is written
with SQL.

usage: make-books.py CONFIG_FILE DATABASE_URI, with USER_PASSWORD in the environment
"""
import datetime
import os
import sys
import warnings
from decimal import Decimal

warnings.simplefilter('ignore')
from proteus import Model, Wizard, config as client  # noqa: E402

OPEN_YEARS = range(2024, 2028)
CLOSED_YEAR = 2023

# Units of the currency for one krone.
CURRENCIES = [
    ('DKK', 'Danske kroner', 'kr.', '1', 2),
    ('EUR', 'Euro', '€', '0.134', 2),
    ('USD', 'US-dollar', '$', '0.145', 2),
    ('SEK', 'Svenske kronor', 'kr', '1.5', 2),
    ('GBP', 'Britiske pund', '£', '0.115', 2),
    ('JPY', 'Japanske yen', '¥', '22', 0),
]
COUNTRIES = [('DK', 'DNK', 'Danmark'), ('SE', 'SWE', 'Sverige'), ('DE', 'DEU', 'Tyskland'),
    ('GB', 'GBR', 'Storbritannien'), ('US', 'USA', 'USA'), ('JP', 'JPN', 'Japan')]

# The accounts of Tryton's minimal chart, by what they are, with Danish numbers and names.
RENAMED = [
    ('revenue', '1010', 'Salg'),
    ('expense', '2000', 'Vareforbrug'),
    ('receivable', '5600', 'Varedebitorer'),
    ('payable', '6800', 'Leverandørgæld'),
    ('Main Cash', '5800', 'Kasse'),
    ('Main Tax', '6903', 'Købsmoms'),
]
EXPENSES = [
    ('2750', 'Repræsentation'), ('2760', 'Markedsføring'), ('2770', 'Fragt'),
    ('3010', 'Personale, kaffe og frugt'), ('3400', 'Husleje'), ('3410', 'El og varme'),
    ('3420', 'Rengøring'), ('3600', 'Kontorartikler'), ('3604', 'Telefon og internet'),
    ('3620', 'Småanskaffelser'), ('3640', 'Revisor'), ('3650', 'Software'),
    ('3660', 'Forsikring'), ('3690', 'Øredifferencer'),
]
DIMENSIONS = [
    # By the names the sample company's bills call them.
    ('AFD', 'Afdeling', [(name, name) for name in (
        'Administration', 'Drift', 'IT', 'Marketing', 'Salg', 'Udvikling')]),
    ('PRJ', 'Projekt', [('INT', 'Intern drift'), ('WEB', 'Ny hjemmeside')]),
]

CONFIG_FILE, URI = sys.argv[1:3]
connection = client.set_trytond(URI, user='admin', config_file=CONFIG_FILE)
get = Model.get


def by_xml_id(module, name):
    data, = get('ir.model.data').find([('module', '=', module), ('fs_id', '=', name)], limit=1)
    return data.db_id


def first(model, domain):
    return get(model).find(domain, limit=1)[0]


def make(model, **values):
    record = get(model)(**values)
    record.save()
    return record


def make_currencies():
    made = {}
    for code, name, symbol, rate, digits in CURRENCIES:
        made[code] = make('currency.currency', code=code, name=name, symbol=symbol, digits=digits,
            rounding=Decimal(1).scaleb(-digits))
        make('currency.currency.rate', currency=made[code], rate=Decimal(rate),
            date=datetime.date(2020, 1, 1))
    return made


def make_company(currency):
    party = make_party('Nordlys Kontor ApS', 'DK', vat='DK13585628')
    wizard = Wizard('company.company.config')
    wizard.execute('company')
    wizard.form.party = party
    wizard.form.currency = currency
    wizard.execute('add')
    connection._context = get('res.user').get_preferences(True, {})
    return get('company.company').find()[0]


def make_party(name, country, vat=None, active=True):
    party = get('party.party')(name=name)
    address = party.addresses[0] if party.addresses else party.addresses.new()
    address.country = first('country.country', [('code', '=', country)])
    if vat:
        party.identifiers.new(type='eu_vat', code=vat)
    party.save()
    if not active:
        party.active = False
        party.save()
    return party


def make_years(company):
    move_type = first('ir.sequence.type', [('name', '=', 'Account Move')])
    invoice_type = first('ir.sequence.type', [('name', '=', 'Invoice')])
    for year in [CLOSED_YEAR, *OPEN_YEARS]:
        fiscal_year = get('account.fiscalyear')(name=str(year), company=company)
        fiscal_year.start_date = datetime.date(year, 1, 1)
        fiscal_year.end_date = datetime.date(year, 12, 31)
        fiscal_year.post_move_sequence = make('ir.sequence', name='Bilag %s' % year,
            sequence_type=move_type, company=company, prefix='%s-' % year, padding=5)
        numbers = make('ir.sequence.strict', name='Faktura %s' % year,
            sequence_type=invoice_type, company=company, prefix='%s/' % year, padding=5)
        sequences, = fiscal_year.invoice_sequences
        sequences.in_invoice_sequence = sequences.in_credit_note_sequence = numbers
        sequences.out_invoice_sequence = sequences.out_credit_note_sequence = numbers
        fiscal_year.save()
        fiscal_year.click('create_period')
        if year == CLOSED_YEAR:
            fiscal_year.click('close')


def make_chart(company):
    wizard = Wizard('account.create_chart')
    wizard.execute('account')
    wizard.form.account_template = get('account.account.template')(
        by_xml_id('account', 'account_template_root_en'))
    wizard.form.company = company
    wizard.execute('create_account')
    accounts = {}
    for what, code, name in RENAMED:
        is_kind = what.islower()
        account = first('account.account',
            [('type.' + what, '=', True)] if is_kind else [('name', '=', what)])
        accounts[what] = account
    wizard.form.account_receivable = accounts['receivable']
    wizard.form.account_payable = accounts['payable']
    wizard.execute('create_properties')
    for what, code, name in RENAMED:
        account = accounts[what]
        account.template_override = True
        account.code, account.name = code, name
        account.save()
    return accounts


def make_account(company, code, name, like, **values):
    return make('account.account', code=code, name=name, type=like.type, parent=like.parent,
        company=company, party_required=False, **values)


def make_tax(company, name, description, rate=None, account=None, parent=None):
    values = {'type': 'none'} if rate is None else {
        'type': 'percentage', 'rate': Decimal(rate),
        'invoice_account': account, 'credit_note_account': account}
    return make('account.tax', name=name, description=description, company=company,
        parent=parent, **values)


def make_books(company):
    accounts = make_chart(company)
    expense, cash, vat = accounts['expense'], accounts['Main Cash'], accounts['Main Tax']
    made = {code: make_account(company, code, name, expense) for code, name in EXPENSES}
    make_account(company, '3699', 'Udgået konto (lukket)', expense, closed=True)
    make_account(company, '5810', 'Bank, EUR-konto', cash, reconcile=True)
    make_account(company, '5820', 'Bank, driftskonto', cash, reconcile=True)
    sales_vat = make_account(company, '6902', 'Salgsmoms', vat)

    make_tax(company, 'I25', 'Købsmoms 25 %', '0.25', vat)
    # Reverse charge: owed and deducted at once.
    abroad = make_tax(company, 'IEUY', 'EU-ydelser, omvendt betalingspligt')
    make_tax(company, 'IEUY-K', 'Købsmoms af EU-ydelser', '0.25', vat, abroad)
    make_tax(company, 'IEUY-S', 'Salgsmoms af EU-ydelser', '-0.25', sales_vat, abroad)

    journal = make('account.journal', name='Differencer', code='DIF', type='write-off',
        sequence=first('account.journal', [('code', '=', 'EXP')]).sequence)
    make('account.move.reconcile.write_off', name='Valutakursdifference', company=company,
        journal=journal, credit_account=made['3690'], debit_account=made['3690'])
    # Since 7.0 Tryton books itself what rates have moved.
    configuration = get('account.configuration')(1)
    if 'currency_exchange_credit_account' in configuration._fields:
        configuration.currency_exchange_credit_account = made['3690']
        configuration.currency_exchange_debit_account = made['3690']
        configuration.save()
    for code, name, leaves in DIMENSIONS:
        root = make('analytic_account.account', type='root', code=code, name=name,
            company=company, state='opened')
        for leaf_code, leaf_name in leaves:
            make('analytic_account.account', root=root, parent=root, code=leaf_code,
                name=leaf_name, company=company, state='opened')


def make_user(company):
    user = get('res.user')(login='spor', name='Spor',
        language=first('ir.lang', [('code', '=', 'en')]))
    user.companies.append(get('company.company')(company.id))
    user.company = get('company.company')(company.id)
    for module, group in (
            ('account', 'group_account_admin'), ('party', 'group_party_admin')):
        user.groups.append(get('res.group')(by_xml_id(module, group)))
    user.password = os.environ['USER_PASSWORD']
    user.save()


for code, code3, name in COUNTRIES:
    make('country.country', code=code, code3=code3, name=name)
company = make_company(make_currencies()['DKK'])
make_years(company)
make_books(company)
make_party('Nordlys Kontor A/S', 'DK', vat='DK10150817')
make_party('Ophørt Leverandør ApS', 'DK', vat='DK29189757', active=False)
make_user(company)
