/**
 * People at work while services die under them: adding bills, editing, approving, paying, taking back,
 * cancelling, asking for another sync, changing the rules. Each change carries an idempotency key and
 * is sent again, to whichever service is up, until it is answered: so it happens exactly once, and
 * each bill must have exactly as many revisions as changes were answered.
 */
import { randomUUID } from 'node:crypto';
import { fromMinor, toMinor } from '../../src/core/money.ts';
import { ApiProblem, type Client, createClient, Unreachable } from '../../src/client/client.ts';
import type { BillShape } from '../../src/contract/bill-shapes.ts';
import type { ConnectionShape } from '../../src/contract/sync-shapes.ts';
import type { RulesShape } from '../../src/contract/sync-shapes.ts';

/** The accounting system of a company, and on which accounts its bills are booked there. */
export interface Connecting {
  readonly connector: string;
  readonly settings: Record<string, unknown>;
  readonly rules?: Partial<RulesShape>;
  readonly defaultAccount: string;
  /** The category `Kontor` is on one of them, and goes to the other when the rules change. */
  readonly officeAccounts: readonly [string, string];
  /** What is approved is booked, and from then on only paid or cancelled. */
  readonly booksApproved?: boolean;
}

export interface CrashCompany {
  readonly id: string;
  readonly connecting: Connecting;
  readonly connection: ConnectionShape;
  /** The account of the category `Kontor`, as the rules have it now. */
  office: string;
  readonly bills: CrashBill[];
}

export interface CrashBill {
  readonly id: string;
  /** As the last answer had it. */
  shape: BillShape;
  /** 1, and one more for each change that was answered. */
  revisions: number;
  wasPaid?: true;
  /** Its invoice was asked to be credited and made anew. */
  isMadeAnew?: true;
}

export interface Changes {
  readonly companies: readonly CrashCompany[];
  /** What was done, and how often. */
  readonly done: ReadonlyMap<string, number>;
  /** Answers that never came and were asked for again. */
  readonly repeated: number;
  readonly total: number;
  /** Makes one change somewhere. */
  one(): Promise<void>;
}

export async function startChanges(given: {
  /** Of the services that are up. */
  readonly urls: () => readonly string[];
  readonly connect: (company: number) => Connecting;
  readonly random: () => number;
  readonly companies: number;
  readonly billsPerCompany: number;
}): Promise<Changes> {
  const { random } = given;
  const done = new Map<string, number>();
  const busy = new Set<string>();
  const companies: CrashCompany[] = [];
  let repeated = 0;
  let total = 0;
  let numbers = 0;

  /** Until it is answered, by whichever service is up. */
  async function ask<T>(work: (client: Client, key: string) => Promise<T>): Promise<T> {
    const key = randomUUID();
    const giveUpAt = performance.now() + 60_000;
    for (;;) {
      const urls = given.urls();
      const url = urls[Math.floor(random() * urls.length)];
      if (url !== undefined) {
        try {
          return await work(createClient({ baseUrl: url }), key);
        } catch (error) {
          const passes =
            error instanceof Unreachable ||
            (error instanceof ApiProblem && error.problem.status === 503) ||
            // An answer that broke off in the middle.
            (error instanceof Error && error.name === 'TypeError');
          if (!passes || performance.now() > giveUpAt) throw error;
          repeated += 1;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  }
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const amount = (most: number) => (Math.floor(random() * most * 100) / 100 + 1).toFixed(2);
  const withVat = (net: string) => ({
    net,
    vat: fromMinor(Math.round(toMinor(net, 'DKK') / 4), 'DKK'),
  });
  const day = () => `2026-12-${String(1 + Math.floor(random() * 28)).padStart(2, '0')}`;
  const count = (what: string) => done.set(what, (done.get(what) ?? 0) + 1);

  for (let index = 0; index < given.companies; index++) {
    const connecting = given.connect(index);
    const [office] = connecting.officeAccounts;
    const company = await ask((client, idempotencyKey) =>
      client.createCompany({ body: { name: `Selskab ${index}` }, idempotencyKey }),
    );
    const connection = await ask((client, idempotencyKey) =>
      client.createConnection({
        params: { companyId: company.id },
        idempotencyKey,
        body: {
          connector: connecting.connector,
          name: 'Regnskab',
          settings: connecting.settings,
          rules: {
            defaultAccount: connecting.defaultAccount,
            paymentAccount: '5820',
            accounts: { Kontor: office },
            quietMs: 50,
            quietAtMostMs: 200,
            // Else what is worked at depends on the hour.
            reconcileNightly: false,
            ...connecting.rules,
          },
        },
      }),
    );
    companies.push({ id: company.id, connecting, connection, office, bills: [] });
  }

  async function add(company: CrashCompany): Promise<void> {
    const number = `K-${++numbers}`;
    const supplier = Math.floor(random() * 4);
    // Made once: whoever asks again asks for the same.
    const body = {
      number,
      kind: random() < 0.1 ? ('credit-note' as const) : ('invoice' as const),
      // Each company has suppliers of its own: they all keep their books in one system.
      supplier: { name: `Leverandør ${supplier} af ${company.id.slice(-6)}` },
      issuedOn: '2026-11-02',
      dueOn: day(),
      currency: 'DKK',
      lines: Array.from({ length: 1 + Math.floor(random() * 3) }, () => ({
        description: `Vare ${Math.floor(random() * 100)}`,
        ...withVat(amount(900)),
        vatPercent: '25',
        category: random() < 0.4 ? 'Kontor' : null,
      })),
    };
    const { bill } = await ask((client, idempotencyKey) =>
      client.addBill({ params: { companyId: company.id }, idempotencyKey, body }),
    );
    company.bills.push({ id: bill.id, shape: bill, revisions: 1 });
    count('added');
  }

  async function changeRules(company: CrashCompany): Promise<void> {
    const [one, other] = company.connecting.officeAccounts;
    const office = company.office === one ? other : one;
    await ask((client, idempotencyKey) =>
      client.editConnection({
        params: { companyId: company.id, connectionId: company.connection.id },
        idempotencyKey,
        body: { rules: { accounts: { Kontor: office } } },
      }),
    );
    company.office = office;
    count('rules changed');
  }

  async function change(company: CrashCompany, bill: CrashBill): Promise<void> {
    const params = { companyId: company.id, billId: bill.id };
    const { shape } = bill;
    const books = company.connecting.booksApproved ?? false;
    const isBooked = books && shape.status === 'approved';
    // Not more than there is to pay; and of what is to be booked, nothing before it is.
    const owedMinor = books && !isBooked ? 0 : toMinor(shape.totals.outstanding, shape.currency);
    const to = async (what: string, work: (client: Client, key: string) => Promise<BillShape>) => {
      bill.shape = await ask(work);
      bill.revisions += 1;
      count(what);
    };
    const edit = () => {
      const line = pick(shape.lines);
      const body =
        random() < 0.5
          ? { note: `Note ${++numbers}` }
          : {
              note: `Note ${++numbers}`,
              dueOn: day(),
              lines: [
                {
                  id: line.id,
                  ...withVat(amount(900)),
                  category: random() < 0.5 ? 'Kontor' : null,
                },
              ],
            };
      return to('edited', (client, idempotencyKey) =>
        client.editBill({ params, idempotencyKey, body }),
      );
    };
    const chance = random();
    if (chance < 0.12) {
      const posting = shape.payments.length > 0 && random() < 0.5 ? 'supplier-payment' : null;
      await ask((client, idempotencyKey) =>
        client.resync({
          params,
          idempotencyKey,
          body: {
            connectionId: company.connection.id,
            posting: posting ?? 'supplier-invoice',
          },
        }),
      ).catch((error: unknown) => {
        if (!(error instanceof ApiProblem && error.problem.status === 409)) throw error;
      });
      count('synced again');
    } else if (shape.status === 'cancelled') {
      return;
    } else if (chance < 0.15) {
      await to('cancelled', (client, idempotencyKey) =>
        client.cancelBill({ params, idempotencyKey }),
      );
    } else if (chance < 0.25 && shape.status === 'added') {
      await to('approved', (client, idempotencyKey) =>
        client.approveBill({ params, idempotencyKey }),
      );
    } else if (chance < 0.37 && shape.payments.length < 4 && owedMinor > 0 && !bill.isMadeAnew) {
      bill.wasPaid = true;
      const part = random() < 0.5 ? owedMinor : 1 + Math.floor(random() * owedMinor);
      const body = { amount: fromMinor(part, shape.currency), paidOn: day() };
      await to('paid', (client, idempotencyKey) =>
        client.payBill({ params, idempotencyKey, body }),
      );
    } else if (chance < 0.42 && shape.payments.length > 0) {
      const paymentId = pick(shape.payments).id;
      await to('payment taken back', (client, idempotencyKey) =>
        client.removePayment({ params: { ...params, paymentId }, idempotencyKey }),
      );
    } else if (!isBooked) {
      await edit();
    } else if (!bill.wasPaid && chance > 0.7) {
      // What is booked turns out to be wrong. A payment of it would stand in the way, and for good.
      bill.isMadeAnew = true;
      await edit();
      const { id: connectionId } = company.connection;
      const wish = { connectionId, posting: 'supplier-invoice', replace: true } as const;
      await ask((client, idempotencyKey) => client.resync({ params, idempotencyKey, body: wish }));
      count('asked to credit and make anew');
    }
  }

  return {
    companies,
    done,
    get repeated() {
      return repeated;
    },
    get total() {
      return total;
    },
    async one() {
      const company = pick(companies);
      const free = company.bills.filter(({ id }) => !busy.has(id));
      const chance = random();
      if (company.bills.length < given.billsPerCompany && (chance < 0.2 || free.length === 0)) {
        await add(company);
      } else if (chance > 0.995 && !company.connecting.booksApproved && !busy.has(company.id)) {
        busy.add(company.id);
        await changeRules(company).finally(() => busy.delete(company.id));
      } else if (free.length > 0) {
        const bill = pick(free);
        busy.add(bill.id);
        await change(company, bill).finally(() => busy.delete(bill.id));
      }
      total += 1;
    },
  };
}
