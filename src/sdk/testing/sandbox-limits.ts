/** Rate limits of the sandbox system: requests in a window (a minute), and requests at once. */
export interface SandboxLimitOptions {
  readonly perMinute: number | null;
  readonly concurrent: number | null;
  /** Shorter in tests. */
  readonly windowMs: number;
}

export class SandboxLimits {
  readonly options: SandboxLimitOptions;
  private readonly now: () => number;
  private windowEndsAt = 0;
  private used = 0;
  /** Requests being carried out, answered or not. */
  underWay = 0;
  /** Requests turned away so far. */
  refused = 0;
  /** The most that were under way at once. */
  mostAtOnce = 0;

  constructor(options: SandboxLimitOptions, now: () => number) {
    this.options = options;
    this.now = now;
  }

  /** Seconds to wait, or null: go on (and call `leave` when done). */
  enter(): number | null {
    const { perMinute, concurrent, windowMs } = this.options;
    if (concurrent !== null && this.underWay >= concurrent) {
      this.refused++;
      return 1;
    }
    if (perMinute !== null) {
      const now = this.now();
      if (now >= this.windowEndsAt) {
        this.windowEndsAt = now + windowMs;
        this.used = 0;
      }
      if (this.used >= perMinute) {
        this.refused++;
        return Math.max(1, Math.ceil((this.windowEndsAt - now) / 1000));
      }
      this.used++;
    }
    this.underWay++;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.underWay);
    return null;
  }

  leave(): void {
    this.underWay--;
  }
}
