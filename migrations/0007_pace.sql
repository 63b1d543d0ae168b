-- What the last holder of a lane used of the limit per minute: [[when it is free again, in milliseconds
-- since 1970, how many], …]. Null while a lane is held, and so after its holder died: then nobody knows.
alter table lanes add column pace jsonb default '[]';
