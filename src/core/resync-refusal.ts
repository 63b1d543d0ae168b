/** Why a bill can not be synced again, as a closed list; the words people read are made where they read it. */
export type ResyncRefusal =
  | { readonly code: 'not-found' }
  | { readonly code: 'payment-not-offered' }
  | { readonly code: 'bill-is-duplicate' }
  | { readonly code: 'bill-cancelled' }
  | { readonly code: 'connection-off' }
  | { readonly code: 'deleted-in-target' }
  | { readonly code: 'not-meant' }
  | { readonly code: 'payment-booked' }
  | { readonly code: 'posting-off'; readonly reason: string };
