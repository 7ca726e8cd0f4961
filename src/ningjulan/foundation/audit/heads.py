"""Sealing the trail: each second the relay puts a signed head on what has been appended since.

Which entries wait is kept in a table of its own, filled by a trigger: an entry committed late, after others
with a higher number, waits like any other, and a crash between appending and sealing loses nothing.

The signature is Ed25519. SM2 needs a library beside `cryptography`, which has none: a district that must sign
with SM2 does so where it keeps the anchor file.
"""

import logging
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, transaction

from ningjulan.foundation.audit.merkle import digest_of, leaf_of, root_of
from ningjulan.foundation.audit.models import AuditEntry, AuditHead
from ningjulan.foundation.sealing.keys import keys

log = logging.getLogger(__name__)

AT_ONCE = 10_000  # entries under one head
LOCK = 0x6E6A61  # one sealer at a time
HASH_OF_SUITE = {"sm4": "sm3", "aes": "sha256"}
COLUMNS = tuple(field.attname for field in AuditEntry._meta.concrete_fields)


@transaction.atomic
def seal_waiting(now: datetime) -> AuditHead | None:
    """Put a head on the entries that wait, at most 10,000; `None` where none does, or another is at it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return None
        cursor.execute(
            """delete from foundation_auditwaiting where entry_id in
               (select entry_id from foundation_auditwaiting order by entry_id limit %s)
               returning entry_id""",
            [AT_ONCE],
        )
        ids = sorted(entry_id for (entry_id,) in cursor.fetchall())
    entries = entries_of(ids)
    if not entries:
        return None
    head = _signed(list(entries), list(entries.values()), AuditHead.objects.order_by("-number").first(), now)
    head.save(force_insert=True)
    transaction.on_commit(lambda: _anchor(head))
    return head


def entries_of(ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """Return the entries that are there, by number, in order."""
    rows = AuditEntry.objects.filter(id__in=ids).order_by("id").values(*COLUMNS)
    return {row["id"]: row for row in rows}


def facts_of(head: AuditHead) -> dict[str, Any]:
    """Return what the digest of a head covers."""
    return {
        "number": head.number,
        "sealed_at": head.sealed_at,
        "hash": head.hash_name,
        "entry_ids": list(head.entry_ids),
        "root": bytes(head.root),
        "previous": bytes(head.previous),
        "key": head.key,
    }


def signing_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keys().signing())


def public_key_of(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def _signed(
    ids: list[int], entries: list[Mapping[str, Any]], last: AuditHead | None, now: datetime
) -> AuditHead:
    hash_name, key = HASH_OF_SUITE[settings.SEALING], signing_key()
    leaves = [leaf_of(hash_name, entry) for entry in entries]
    head = AuditHead(
        number=last.number + 1 if last else 1,
        sealed_at=now,
        hash_name=hash_name,
        entry_ids=ids,
        leaves=b"".join(leaves),
        root=root_of(hash_name, leaves),
        previous=bytes(last.digest) if last else b"",
        key=public_key_of(key),
    )
    head.digest = digest_of(hash_name, facts_of(head))
    head.signature = key.sign(head.digest)
    return head


def _anchor(head: AuditHead) -> None:
    """Note the head in a file beside the database: who cuts the end off the trail must cut it there too."""
    path = Path(settings.AUDIT_ANCHOR_FILE)
    line = f"{head.number} {bytes(head.digest).hex()} {head.sealed_at.isoformat()}\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as file:
            file.write(line)
    except OSError:
        log.exception("head %d could not be noted in %s", head.number, path)
