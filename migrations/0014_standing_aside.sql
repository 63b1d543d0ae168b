-- Postings that stand aside for another of their bill, or were refused because of one (`src/store/standing-aside.ts`).
drop index postings_waiting_for_invoice;
create index postings_standing_aside on postings (company_id, connection_id)
  where waiting_for is not null
    or (state = 'failed' and kind = 'supplier-payment' and wanted = 'present' and failure ->> 'code' = 'amount-rejected')
    or (state = 'failed' and kind = 'supplier-invoice' and wanted = 'absent' and failure ->> 'code' = 'posting-locked');
