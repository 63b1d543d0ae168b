/**
 * What may be wider than the page: it scrolls by itself, by keyboard too once there is something to scroll. A table in
 * it stacks on a telephone (`styles/parts.css`): a cell says in `data-label` what its column is called.
 */
import { type ReactNode, useEffect, useRef, useState } from 'react';

export function ScrollX({ label, children }: { label: string; children: ReactNode }) {
  const place = useRef<HTMLElement>(null);
  const [wider, setWider] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setWider(element.scrollWidth > element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <section
      ref={place}
      className="scroll-x"
      aria-label={wider ? label : undefined}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable
      tabIndex={wider ? 0 : undefined}
    >
      {children}
    </section>
  );
}
