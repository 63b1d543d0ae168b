import { describeConnector } from '../../sdk/testing/describe-connector.ts';
import { journalHarness } from './test-target.ts';

describeConnector('journal', journalHarness);
