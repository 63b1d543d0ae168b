/** A day to type in the reader's own way, or to pick from the browser's calendar. */
import { useRef } from 'react';
import { isDay } from '../../core/day.ts';
import { dayToType, readDay } from '../reader/typed-days.ts';
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { Icon } from './icon.tsx';
import { useNowMs } from './moment.tsx';

interface DayInputProps {
  readonly id: string;
  readonly value: string;
  readonly readOnly?: boolean;
  readonly onType: (text: string) => void;
}

export function DayInput({ value, readOnly = false, onType, ...parts }: DayInputProps) {
  const t = useWords();
  const locale = useLocale();
  const calendar = useRef<HTMLInputElement>(null);
  const day = readDay(value, new Date(useNowMs()).getFullYear());
  return (
    <div className="day-input">
      <input
        {...parts}
        className="input"
        inputMode="numeric"
        autoComplete="off"
        placeholder={t('form.dayHint')}
        readOnly={readOnly}
        value={value}
        onChange={(event) => onType(event.target.value)}
        onBlur={() => {
          if (day !== null && !readOnly) onType(dayToType(day, locale));
        }}
      />
      {!readOnly && (
        <>
          <input
            ref={calendar}
            type="date"
            tabIndex={-1}
            aria-hidden="true"
            value={day ?? ''}
            onChange={({ target }) => {
              if (isDay(target.value)) onType(dayToType(target.value, locale));
            }}
          />
          <button
            type="button"
            aria-label={t('form.calendar')}
            onClick={() => calendar.current?.showPicker()}
          >
            <Icon name="calendar" />
          </button>
        </>
      )}
    </div>
  );
}
