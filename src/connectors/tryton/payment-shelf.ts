/**
 * Supplier payments looked up in Tryton: by the move's id, and by our mark. Reversed ones count as gone, but
 * not before their reversal is posted as they are: until then half of it is still to be done.
 */
import { z } from 'zod';
import { SyncFailure } from '../../core/failure.ts';
import type { SupplierPaymentDocument } from '../../core/posting.ts';
import type { Call, RemotePosting } from '../../sdk/connector.ts';
import type { TrytonSettings } from './index.ts';
import { versionOf } from './invoice-record.ts';
import { linkTo } from './link.ts';
import { like, readMoveMark } from './marks.ts';
import { HALF_REVERSED, reached } from './payable-invoice.ts';
import {
  fieldsOfMove,
  MOVE_FIELDS,
  type MoveRecord,
  moveRecord,
  moveTimestamps,
  payableLine,
} from './payment-record.ts';
import type { Rpc } from './rpc.ts';
import type { Json } from './values.ts';

export interface KeptPayment {
  readonly move: MoveRecord;
  /** Made, and not posted yet. */
  readonly reversal: MoveRecord | null;
  readonly posting: RemotePosting;
}

type InForce = Pick<KeptPayment, 'move' | 'reversal'>;

export interface PaymentShelf {
  search(call: Call, domain: readonly Json[], limit?: number): Promise<MoveRecord[]>;
  reversalsOf(call: Call, moves: readonly { readonly id: number }[]): Promise<MoveRecord[]>;
  /** Neither the reversal of another move, nor one that was reversed. */
  inForce(call: Call, moves: readonly MoveRecord[]): Promise<InForce[]>;
  /** Null: Tryton says that it has none that is in force. */
  load(call: Call, id: number, document: SupplierPaymentDocument): Promise<KeptPayment | null>;
  find(call: Call, document: SupplierPaymentDocument): Promise<KeptPayment | null>;
  /** By reference, those there is one of; without those of which it takes more to tell how far they are. */
  findMany(
    call: Call,
    documents: readonly SupplierPaymentDocument[],
  ): Promise<Map<string, RemotePosting>>;
}

export function createPaymentShelf(rpc: Rpc, settings: TrytonSettings): PaymentShelf {
  const ofCompany = async (call: Call, domain: readonly Json[]): Promise<Json[]> => [
    ['company', '=', (await rpc.signed(call)).companyId],
    ...domain,
  ];

  const search = async (call: Call, domain: readonly Json[], limit?: number) =>
    rpc.search(call, 'account.move', await ofCompany(call, domain), MOVE_FIELDS, moveRecord, {
      limit,
    });

  async function reversalsOf(
    call: Call,
    moves: readonly { readonly id: number }[],
  ): Promise<MoveRecord[]> {
    const origins = moves.map(({ id }) => `account.move,${id}`);
    const domain = await ofCompany(call, [['origin', 'in', origins]]);
    // These moves were seen just now: that most have none needs no second look.
    const params = [domain, 0, null, [['id', 'ASC']], MOVE_FIELDS];
    return rpc.read(call, 'account.move.search_read', params, z.array(moveRecord));
  }

  async function inForce(call: Call, moves: readonly MoveRecord[]): Promise<InForce[]> {
    const own = moves.filter((move) => !move.origin.startsWith('account.move,'));
    if (own.length === 0) return [];
    const reversals = await reversalsOf(call, own);
    return own.flatMap((move) => {
      const reversal = reversals.find(({ origin }) => origin === `account.move,${move.id}`) ?? null;
      return reversal && reversal.state === move.state ? [] : [{ move, reversal }];
    });
  }

  const isTaken = (move: MoveRecord) => settings.takeTo === 'posted' && move.state === 'posted';
  /** What is reconciled is as far as it goes; of the rest its invoice tells. */
  const mustBeAsked = ({ move, reversal }: InForce) =>
    !reversal && isTaken(move) && payableLine(move)?.reconciliation == null;

  async function complete(
    call: Call,
    { move, reversal }: InForce,
    document: SupplierPaymentDocument,
  ): Promise<KeptPayment> {
    const state = reversal
      ? HALF_REVERSED
      : isTaken(move)
        ? await reached(rpc, call, move, settings.exchangeWriteOff !== undefined)
        : move.state;
    const fields = fieldsOfMove(move, state, document, settings);
    return {
      move,
      reversal,
      posting: {
        remoteId: String(move.id),
        reference: readMoveMark(move.description),
        version: versionOf([move.state, moveTimestamps(move), fields]),
        link: linkTo(settings, 'account.move', move.id),
        fields,
      },
    };
  }

  async function load(
    call: Call,
    id: number,
    document: SupplierPaymentDocument,
  ): Promise<KeptPayment | null> {
    const [found] = await inForce(call, await search(call, [['id', '=', id]]));
    return found ? complete(call, found, document) : null;
  }

  async function find(call: Call, document: SupplierPaymentDocument): Promise<KeptPayment | null> {
    const marked = await search(call, [['description', 'like', like(document.reference)]]);
    const exact = marked.filter((move) => readMoveMark(move.description) === document.reference);
    const ours = await inForce(call, exact);
    if (ours.length > 1)
      throw new SyncFailure('duplicate-in-target', {
        subject: ours.map(({ move }) => String(move.id)).join(', '),
      });
    return ours[0] ? complete(call, ours[0], document) : null;
  }

  async function findMany(
    call: Call,
    documents: readonly SupplierPaymentDocument[],
  ): Promise<Map<string, RemotePosting>> {
    const marks = documents.map(({ reference }): Json => ['description', 'like', like(reference)]);
    const ours = await inForce(call, await search(call, [['OR', ...marks]]));
    const found = new Map<string, RemotePosting>();
    for (const document of documents) {
      const [one, another] = ours.filter(
        ({ move }) => readMoveMark(move.description) === document.reference,
      );
      if (!one || another || mustBeAsked(one)) continue;
      found.set(document.reference, (await complete(call, one, document)).posting);
    }
    return found;
  }

  return { search, reversalsOf, inForce, load, find, findMany };
}
