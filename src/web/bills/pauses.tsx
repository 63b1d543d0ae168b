/** Integrations that are paused: why so many bills wait, told once above them all. */
import { useQuery } from '@tanstack/react-query';
import { PauseBanner } from '../integration-log/pause-banner.tsx';
import { connectionsQuery } from '../queries.ts';

export function Pauses({ companyId }: { companyId: string }) {
  const { data } = useQuery(connectionsQuery(companyId));
  const paused = data?.items.filter(({ enabled, lane }) => enabled && lane.state === 'paused');
  return paused?.map((connection) => (
    <PauseBanner key={connection.id} companyId={companyId} connection={connection} />
  ));
}
