/** What the keys do, and how to turn them off. */
import { Switch } from 'react-aria-components';
import { shortcuts } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { Dialog } from '../ui/dialog.tsx';

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const t = useWords();
  const rows: [string[], string][] = [
    [['j', '↓'], t('keys.next')],
    [['k', '↑'], t('keys.previous')],
    [['Enter'], t('keys.openBill')],
    [['x'], t('keys.choose')],
    [['/'], t('keys.search')],
    [['?'], t('keys.help')],
    [['Esc'], t('keys.close')],
  ];
  return (
    <Dialog title={t('keys.title')} onClose={onClose}>
      <dl className="facts">
        {rows.map(([keys, what]) => (
          <div className="key-row" key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <Switch
        className="switch"
        isSelected={shortcuts.use() === 'on'}
        onChange={(on) => shortcuts.set(on ? 'on' : 'off')}
      >
        <span className="track" />
        {t('keys.on')}
      </Switch>
    </Dialog>
  );
}
