/** Copies a text. Works on plain http too, where browsers offer no clipboard. */
import { useWords } from '../reader/words.tsx';
import { Button } from './button.tsx';
import { showToast } from './toasts.tsx';

export function CopyButton({
  text,
  label,
  done,
}: {
  text: () => string;
  label: string;
  done: string;
}) {
  const t = useWords();
  const copy = async () => {
    showToast((await copied(text())) ? done : t('act.copyFailed'));
  };
  return (
    <Button slim icon="copy" onClick={() => void copy()}>
      {label}
    </Button>
  );
}

async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'unseen';
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}
