/**
 * How much a file may ask of us. The defaults hold any real invoice with its attachments; a file past
 * them is refused, but for an attachment, which is left out with a notice.
 */

export interface IntakeLimits {
  /** The whole file, attachments included. */
  readonly maxBytes: number;
  readonly maxDepth: number;
  readonly maxElements: number;
  /** Invoice lines, allowances and charges together. */
  readonly maxLines: number;
  /** One attachment, decoded. */
  readonly maxAttachmentBytes: number;
}

export const DEFAULT_LIMITS: IntakeLimits = {
  maxBytes: 20 * 1024 * 1024,
  maxDepth: 64,
  maxElements: 200_000,
  maxLines: 10_000,
  maxAttachmentBytes: 15 * 1024 * 1024,
};
