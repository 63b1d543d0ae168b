/** The menu that chooses the integration; a single one is simply named. */
import { useNavigate } from '@tanstack/react-router';
import {
  Button,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select,
  SelectValue,
} from 'react-aria-components';
import type { ConnectionShape } from '../../contract/sync-shapes.ts';
import { useWords } from '../reader/words.tsx';
import { Icon } from '../ui/icon.tsx';

export function ConnectionChoice({
  connections,
  chosen,
  companyId,
  billId,
}: {
  connections: readonly ConnectionShape[];
  chosen: ConnectionShape;
  companyId: string;
  billId: string;
}) {
  const t = useWords();
  const navigate = useNavigate();
  if (connections.length === 1) {
    return (
      <p className="connection-choice">
        <span className="label">{t('log.connection')}</span> <strong>{chosen.name}</strong>
      </p>
    );
  }
  return (
    <Select
      className="connection-choice"
      value={chosen.id}
      onChange={(key) => {
        void navigate({
          to: '/c/$companyId/bills/$billId/integrations',
          params: { companyId, billId },
          search: { connection: String(key) },
          replace: true,
        });
      }}
    >
      <Label className="label">{t('log.connection')}</Label>
      <Button className="button">
        <SelectValue />
        <Icon name="down" />
      </Button>
      <Popover className="popover">
        <ListBox className="menu">
          {connections.map((connection) => (
            <ListBoxItem
              key={connection.id}
              id={connection.id}
              textValue={connection.name}
              className="menu-item"
            >
              {connection.name}
              {!connection.enabled && <span className="quiet small">{t('connection.off')}</span>}
              {connection.enabled && connection.lane.state === 'paused' && (
                <span className="quiet small">{t('connection.paused')}</span>
              )}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}
