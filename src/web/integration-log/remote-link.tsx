/** Where a posting is in the accounting system: a link when it has an address, else a path to read. */

export function RemoteLink({ remoteId, link }: { remoteId: string | null; link: string | null }) {
  if (link !== null && /^https?:\/\//i.test(link)) {
    return (
      <a href={link} target="_blank" rel="noreferrer">
        {remoteId ?? link}
      </a>
    );
  }
  if (remoteId === null && link === null) return <span className="quiet">–</span>;
  return (
    <span>
      {remoteId !== null && <span>{remoteId}</span>}
      {link !== null && link !== remoteId && <code className="quiet block path">{link}</code>}
    </span>
  );
}
