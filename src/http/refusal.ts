/** A refusal: thrown by handlers, answered as problem+json (RFC 9457) with a stable code. */
import { PROBLEMS, type ProblemCode, type ProblemShape } from '../contract/problems.ts';

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ProblemCode;
  readonly errors: readonly { path: string; message: string }[];

  /** @param detail what is wrong here, and what to do next */
  constructor(
    code: ProblemCode,
    detail: string,
    errors: readonly { path: string; message: string }[] = [],
  ) {
    super(detail);
    this.code = code;
    this.errors = errors;
  }
}

export function problemOf(refusal: Refusal): ProblemShape {
  const { status, title } = PROBLEMS[refusal.code];
  return {
    type: `https://spor.dev/problems/${refusal.code}`,
    code: refusal.code,
    title,
    status,
    detail: refusal.message,
    ...(refusal.errors.length > 0 ? { errors: [...refusal.errors] } : {}),
  };
}

export function problemResponse(refusal: Refusal): Response {
  const problem = problemOf(refusal);
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  });
}
