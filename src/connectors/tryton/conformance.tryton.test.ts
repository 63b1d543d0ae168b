/** The conformance suite on a real Tryton: with postings left as drafts, and with postings Spor posts itself. */
import { inject } from 'vitest';
import { describeConnector } from '../../sdk/testing/describe-connector.ts';
import { draftHarness, postedHarness } from './test-harness.ts';

describeConnector('tryton', draftHarness(inject('tryton')));
describeConnector('tryton (posting)', postedHarness(inject('tryton')));
