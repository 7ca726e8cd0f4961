"""Who may process a shard of RAW and write its history."""

import psycopg

from ningjulan.foundation.database import own_connection

LOCK_SPACE = 0x4E4A  # "NJ": our advisory locks do not meet other people's


class ShardLock:
    """The right to process a shard: an advisory lock on a connection of its own."""

    def __init__(self, shard: int) -> None:
        self.shard = shard
        self._connection: psycopg.Connection[tuple[bool]] | None = None

    def held(self) -> bool:
        """Do we hold the shard? Takes it when it is free, again after a restart of PostgreSQL."""
        if self._connection is not None:
            try:
                self._connection.execute("select true")
            except psycopg.OperationalError:
                self._connection = None
            else:
                return True
        mine = psycopg.connect(**own_connection(), autocommit=True)
        row = mine.execute("select pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, self.shard]).fetchone()
        if row and row[0]:
            self._connection = mine
            return True
        mine.close()
        return False

    def is_free(self) -> bool:
        """Could somebody take the shard now? Does not take it."""
        with psycopg.connect(**own_connection()) as connection:
            row = connection.execute(
                "select pg_try_advisory_xact_lock(%s, %s)", [LOCK_SPACE, self.shard]
            ).fetchone()
        return bool(row and row[0])

    def release(self) -> None:
        """Let the next one have the shard."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
