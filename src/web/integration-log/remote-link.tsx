/**
 * Where a posting is in the accounting system: a link when it has an address, else a path to read.
 * An id nobody can read aloud gives way to the path.
 */
import { isUuid } from '../../core/uuid.ts';

export function RemoteLink({ remoteId, link }: { remoteId: string | null; link: string | null }) {
  const id = remoteId !== null && isUuid(remoteId) && link !== null ? null : remoteId;
  if (link !== null && /^https?:\/\//i.test(link)) {
    return (
      <a href={link} target="_blank" rel="noreferrer">
        {id ?? link}
      </a>
    );
  }
  if (id === null && link === null) return <span className="quiet">–</span>;
  return (
    <span title={remoteId ?? undefined}>
      {id !== null && <span>{id}</span>}
      {link !== null && link !== id && <code className="block path">{link}</code>}
    </span>
  );
}
