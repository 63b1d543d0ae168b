/** The reader's own choices: the name changes are made under, light or dark, shortcuts. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, DialogTrigger, Popover, Switch } from 'react-aria-components';
import { queryClient } from '../api.ts';
import { sessionQuery } from '../queries.ts';
import { person, shortcuts, theme, THEMES } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { Button as PlainButton } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';

const THEME_ICON: Record<(typeof THEMES)[number], IconName> = {
  system: 'system',
  light: 'sun',
  dark: 'moon',
};

export function ReaderMenu() {
  const t = useWords();
  const { data } = useQuery(sessionQuery);
  const own = person.use();
  const keys = shortcuts.use();
  const [open, setOpen] = useState(false);
  const name = own || (data?.person ?? '');
  return (
    <DialogTrigger isOpen={open} onOpenChange={setOpen}>
      <Button className="button plain slim reader" aria-label={t('reader.open', { name })}>
        <Icon name="person" />
        <span className="name">{name}</span>
      </Button>
      <Popover className="popover" placement="bottom end">
        <div className="reader-menu">
          <NameForm name={name} onSaved={() => setOpen(false)} />
          <ThemeChoice />
          <Switch
            className="switch"
            isSelected={keys === 'on'}
            onChange={(on) => shortcuts.set(on ? 'on' : 'off')}
          >
            <span className="track" />
            {t('reader.shortcuts')}
          </Switch>
        </div>
      </Popover>
    </DialogTrigger>
  );
}

function NameForm({ name, onSaved }: { name: string; onSaved: () => void }) {
  const t = useWords();
  const [typed, setTyped] = useState(name);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        person.set(typed.trim().slice(0, 200));
        void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
        onSaved();
      }}
    >
      <Field label={t('reader.name')} help={t('reader.nameHelp')}>
        {(parts) => (
          <input
            {...parts}
            className="input"
            value={typed}
            maxLength={200}
            autoComplete="name"
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
      </Field>
      <PlainButton type="submit" slim>
        {t('reader.saveName')}
      </PlainButton>
    </form>
  );
}

function ThemeChoice() {
  const t = useWords();
  const chosen = theme.use();
  return (
    <fieldset className="themes" aria-label={t('reader.theme')}>
      {THEMES.map((one) => (
        <button
          key={one}
          type="button"
          className="button plain slim"
          aria-pressed={one === chosen}
          onClick={() => theme.set(one)}
        >
          <Icon name={THEME_ICON[one]} />
          {t(`reader.theme-${one}`)}
        </button>
      ))}
    </fieldset>
  );
}
