/**
 * The connector for the sandbox system: a fake accounting system that misbehaves on order. For trying
 * Spor out, and for seeing what it does when an accounting system fails.
 */
import { z } from 'zod';
import type { Connector } from '../../sdk/connector.ts';
import { originOf, webAddress } from '../../sdk/web-address.ts';
import { openSandbox } from './session.ts';

const settings = z.strictObject({
  baseUrl: webAddress,
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  concurrent: z.int().min(1).max(64).default(4),
  perMinute: z.int().min(1).nullable().default(null),
  minuteMs: z.int().min(100).max(60_000).default(60_000),
  arrivesWithinMs: z.int().min(0).max(600_000).default(5_000),
  findsMany: z.boolean().default(true),
  credits: z.boolean().default(false),
  timeoutMs: z.int().min(100).max(120_000).optional(),
});
export type SandboxSettings = z.infer<typeof settings>;

export const sandbox: Connector<SandboxSettings> = {
  id: 'sandbox',
  name: 'Sandbox',
  settings,
  secretSettings: ['clientSecret'],
  secretsGoTo: ({ baseUrl }) => originOf(baseUrl),
  capabilities: {
    remove: true,
    list: true,
    suppliers: true,
    attachments: true,
    departments: true,
    projects: true,
    link: true,
  },
  credits: ({ credits }) => credits,
  limits: ({ concurrent, perMinute, minuteMs, arrivesWithinMs }) => ({
    concurrent,
    perMinute,
    minuteMs,
    arrivesWithinMs,
  }),
  open: openSandbox,
};
