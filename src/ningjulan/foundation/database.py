"""Connections beside Django's: for what must outlive a request, such as a lock or a LISTEN."""

from typing import Any

from django.db import connection

_OURS = frozenset({"dbname", "user", "password", "host", "port", "connect_timeout"})


def own_connection() -> dict[str, Any]:
    """Return the arguments for a psycopg connection of one's own to Django's database."""
    return {name: value for name, value in connection.get_connection_params().items() if name in _OURS}
