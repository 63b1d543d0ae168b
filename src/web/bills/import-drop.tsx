/** Two ways to hand over e-invoices: choose files, or drop them anywhere on the page. */
import { type DragEvent, type ReactNode, useRef, useState } from 'react';
import { useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';

type OnFiles = (files: readonly File[]) => void;

export function ImportButton({ onFiles, primary }: { onFiles: OnFiles; primary?: boolean }) {
  const t = useWords();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button
        icon="upload"
        look={primary ? 'primary' : undefined}
        onClick={() => input.current?.click()}
      >
        {t('import.choose')}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept=".xml,text/xml,application/xml"
        aria-label={t('import.choose')}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </>
  );
}

export function DropZone({ onFiles, children }: { onFiles: OnFiles; children: ReactNode }) {
  const t = useWords();
  const [over, setOver] = useState(false);
  const depth = useRef(0);
  const carriesFiles = (event: DragEvent) => event.dataTransfer.types.includes('Files');
  const step = (event: DragEvent, by: 1 | -1) => {
    if (!carriesFiles(event)) return;
    depth.current += by;
    setOver(depth.current > 0);
  };
  return (
    <div
      className="drop-zone"
      onDragEnter={(event) => step(event, 1)}
      onDragLeave={(event) => step(event, -1)}
      onDragOver={(event) => {
        if (carriesFiles(event)) event.preventDefault();
      }}
      onDrop={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        depth.current = 0;
        setOver(false);
        onFiles([...event.dataTransfer.files]);
      }}
    >
      {children}
      {over && (
        <div className="drop-here" aria-hidden="true">
          <Icon name="upload" />
          {t('import.dropHere')}
        </div>
      )}
    </div>
  );
}
