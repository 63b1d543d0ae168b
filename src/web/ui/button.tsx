/**
 * A button. One that cannot be used stays where it is, can be reached, and says why (`reason`):
 * hidden or silent buttons leave people guessing.
 */
import { type ButtonHTMLAttributes, useId } from 'react';
import { Icon, type IconName } from './icon.tsx';

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled'> {
  readonly look?: 'primary' | 'plain' | 'danger' | 'danger primary' | undefined;
  readonly slim?: boolean;
  readonly icon?: IconName | undefined;
  /** Why it cannot be pressed now. */
  readonly reason?: string | null | undefined;
  /** The press is being carried out. */
  readonly busy?: boolean;
}

export function Button({
  look,
  slim,
  icon,
  reason,
  busy = false,
  className,
  children,
  onClick,
  type = 'button',
  ...rest
}: ButtonProps) {
  const reasonId = useId();
  const still = busy || Boolean(reason);
  const names = ['button', look, slim ? 'slim' : '', children ? '' : 'square', className];
  const shown = busy ? 'sync' : icon;
  const button = (
    <button
      {...rest}
      // oxlint-disable-next-line react/button-has-type
      type={type}
      className={names.filter(Boolean).join(' ')}
      aria-disabled={still || undefined}
      aria-describedby={reason ? reasonId : rest['aria-describedby']}
      onClick={(event) => {
        if (still) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {shown && <Icon name={shown} className={busy ? 'turning' : undefined} />}
      {children}
    </button>
  );
  if (!reason) return button;
  return (
    <span className="with-reason">
      {button}
      <span className="reason" id={reasonId}>
        {reason}
      </span>
    </span>
  );
}
