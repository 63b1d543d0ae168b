-- A reconciliation looks at bills in the order of their ids, which stays when a bill's day is moved meanwhile. Those
-- under way begin anew.
delete from reconciliation_rows
using reconciliations
where reconciliation_rows.company_id = reconciliations.company_id
  and reconciliation_rows.reconciliation_id = reconciliations.reconciliation_id
  and reconciliations.due_at is not null;
update reconciliations
set listed_after = null, bills_looked_at = 0, after_bill_id = null, tries = 0
where due_at is not null;
alter table reconciliations drop column after_on;
