/** A labelled field with its help and what is wrong with it. */
import { type ReactNode, useId } from 'react';

interface FieldParts {
  readonly id: string;
  readonly 'aria-describedby'?: string;
  readonly 'aria-invalid'?: true;
}

export function Field({
  label,
  help,
  wrong,
  className,
  children,
}: {
  label: string;
  help?: ReactNode;
  wrong?: string | null | undefined;
  className?: string | undefined;
  children: (parts: FieldParts) => ReactNode;
}) {
  const id = useId();
  const about = [help ? `${id}-help` : '', wrong ? `${id}-wrong` : ''].filter(Boolean).join(' ');
  const parts: FieldParts = {
    id,
    ...(about ? { 'aria-describedby': about } : {}),
    ...(wrong ? { 'aria-invalid': true as const } : {}),
  };
  return (
    <div className={className ? `field ${className}` : 'field'}>
      <label className="label" htmlFor={id}>
        {label}
      </label>
      {children(parts)}
      {help && (
        <span className="help" id={`${id}-help`}>
          {help}
        </span>
      )}
      {wrong && (
        <span className="wrong" id={`${id}-wrong`}>
          {wrong}
        </span>
      )}
    </div>
  );
}
