/** Which company, and how to add one. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { companiesQuery } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { Icon } from '../ui/icon.tsx';

const ADD = 'add';

export function CompanyMenu({ companyId }: { companyId: string | undefined }) {
  const t = useWords();
  const navigate = useNavigate();
  const { data } = useQuery(companiesQuery);
  if (!data || data.items.length === 0) return null;
  const company = data.items.find(({ id }) => id === companyId);
  return (
    <MenuTrigger>
      <Button
        className="button plain slim company"
        aria-label={company ? t('company.chosen', { name: company.name }) : t('company.choose')}
      >
        <span className="name">{company?.name ?? t('company.choose')}</span>
        <Icon name="down" />
      </Button>
      <Popover className="popover">
        <Menu
          className="menu"
          aria-label={t('company.label')}
          onAction={(key) => {
            if (key === ADD) void navigate({ to: '/new' });
            else void navigate({ to: '/c/$companyId/bills', params: { companyId: String(key) } });
          }}
        >
          {data.items.map((one) => (
            <MenuItem key={one.id} id={one.id} className="menu-item" textValue={one.name}>
              {one.name}
              {one.id === companyId && <Icon name="check" />}
            </MenuItem>
          ))}
          <MenuItem id={ADD} className="menu-item" textValue={t('company.add')}>
            <Icon name="add" />
            <span>{t('company.add')}</span>
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
