/** Every setting of every connector has a name in both languages, and no name is left over. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { connectors } from '../src/service/connectors.ts';
import da from '../src/web/messages/da.json' with { type: 'json' };
import en from '../src/web/messages/en.json' with { type: 'json' };

test.each([
  ['da', da],
  ['en', en],
])('in %s', (_, words) => {
  const settings = [...connectors.values()].flatMap((connector) => {
    const { properties } = z.toJSONSchema(connector.settings, { io: 'input' });
    return Object.keys(properties ?? {});
  });
  expect(Object.keys(words.setting).sort()).toEqual([...new Set(settings)].sort());
});
