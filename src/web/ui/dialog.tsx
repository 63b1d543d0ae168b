/** A dialog: focus stays in it, Esc closes it, and focus returns to where it came from. */
import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useWords } from '../reader/words.tsx';
import { Button } from './button.tsx';

export function Dialog({
  title,
  onClose,
  wide,
  stays = false,
  children,
}: {
  title: string;
  onClose: () => void;
  wide?: boolean | undefined;
  /** A click beside it does not close it. */
  stays?: boolean;
  children: ReactNode;
}) {
  return (
    <ModalOverlay
      className="overlay"
      isOpen
      isDismissable={!stays}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className={wide ? 'modal wide' : 'modal'}>
        <AriaDialog className="dialog">
          <Heading slot="title" level={2}>
            {title}
          </Heading>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Asks before something that touches the books. */
export function ConfirmDialog({
  title,
  confirm,
  danger,
  busy,
  onConfirm,
  onClose,
  children,
}: {
  title: string;
  confirm: string;
  danger?: boolean;
  busy: boolean;
  onConfirm: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const t = useWords();
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <div className="doings">
        <Button onClick={onClose}>{t('act.cancel')}</Button>
        <Button look={danger ? 'danger primary' : 'primary'} busy={busy} onClick={onConfirm}>
          {confirm}
        </Button>
      </div>
    </Dialog>
  );
}
