/** The conformance suite on a real Tryton, with postings left as drafts. */
import { inject } from 'vitest';
import { describeConnector } from '../../sdk/testing/describe-connector.ts';
import { harnessFor } from './test-harness.ts';

describeConnector('tryton', harnessFor(inject('tryton')));
