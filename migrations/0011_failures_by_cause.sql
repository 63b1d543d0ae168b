-- Failures by cause: one fix for three hundred of them begins with seeing that they are one.

-- a company's failures since a day, whatever their cause: ids grow with time, so that the days are a
-- range of the index and the months before them are not opened. Takes the place of an index that began
-- with the cause; an attempt that did not fail costs nothing here, as before
drop index attempt_results_failures;
create index attempt_results_failed on attempt_results (company_id, attempt_id) include (failure_code)
  where failure_code is not null;

-- the bills that fail by a cause now
create index postings_failing on postings (company_id, (failure ->> 'code'), bill_id)
  where failure is not null;
