"""Is the trail as it was written? Finds every row or head that was changed, removed, inserted or moved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.db import connection

from ningjulan.foundation.audit.heads import entries_of, facts_of, public_key_of, signing_key
from ningjulan.foundation.audit.merkle import HASH_BYTES, HASHES, digest_of, leaf_of, root_of
from ningjulan.foundation.audit.models import AuditHead, AuditWaiting


class Fault(StrEnum):
    """What can be wrong (问题)."""

    ENTRY_CHANGED = "entry_changed"
    ENTRY_REMOVED = "entry_removed"
    ENTRY_INSERTED = "entry_inserted"
    ENTRY_MOVED = "entry_moved"
    HEAD_CHANGED = "head_changed"
    HEAD_REMOVED = "head_removed"
    HEAD_FORGED = "head_forged"


FAULT_ZH: dict[Fault, str] = {
    Fault.ENTRY_CHANGED: "记录被改动",
    Fault.ENTRY_REMOVED: "记录被删除",
    Fault.ENTRY_INSERTED: "记录被插入",
    Fault.ENTRY_MOVED: "记录被调换",
    Fault.HEAD_CHANGED: "封存被改动",
    Fault.HEAD_REMOVED: "封存被删除",
    Fault.HEAD_FORGED: "封存不是本平台签名",
}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: with an entry, or with a head."""

    fault: Fault
    head: int | None
    entry: int | None = None

    def sentence(self, lang: str = "zh") -> str:
        where_zh = f"记录 {self.entry}" if self.entry is not None else f"封存 {self.head}"
        where_en = f"entry {self.entry}" if self.entry is not None else f"head {self.head}"
        if lang.startswith("en"):
            return f"{where_en}: {self.fault.value.replace('_', ' ')}"
        return f"{where_zh}：{FAULT_ZH[self.fault]}"


@dataclass
class Verification:
    """What was looked at and what was found. `n_waiting` entries have no head yet and prove nothing."""

    n_heads: int = 0
    n_entries: int = 0
    n_waiting: int = 0
    last_head: int | None = None
    last_digest: str = ""
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.findings


def verify() -> Verification:
    """Check every head, every entry under it, and that nothing lies outside. Reads the whole trail once."""
    seen = Verification(n_waiting=AuditWaiting.objects.count())
    known = public_key_of(signing_key())
    previous: AuditHead | None = None
    digests: dict[int, str] = {}
    for head in AuditHead.objects.order_by("number").iterator(chunk_size=100):
        seen.findings += _faults_of(head, previous, known)
        seen.findings += _entry_faults(head)
        seen.n_heads += 1
        seen.n_entries += len(head.entry_ids)
        digests[head.number] = bytes(head.digest).hex()
        previous = head
    if previous is not None:
        seen.last_head, seen.last_digest = previous.number, digests[previous.number]
    seen.findings += _unanchored(digests)
    seen.findings += [Finding(Fault.ENTRY_INSERTED, None, entry_id) for entry_id in _outside()]
    return seen


def _faults_of(head: AuditHead, previous: AuditHead | None, known: str) -> Iterator[Finding]:
    """Find what is wrong with a head itself and with its place in the chain."""
    expected = previous.number + 1 if previous else 1
    for number in range(expected, head.number):
        yield Finding(Fault.HEAD_REMOVED, number)
    digest = bytes(head.digest)
    leaves = _leaves(head)
    is_whole = (
        head.hash_name in HASHES
        and len(leaves) == len(head.entry_ids) > 0
        and digest_of(head.hash_name, facts_of(head)) == digest
        and root_of(head.hash_name, leaves) == bytes(head.root)
    )
    if not is_whole:
        yield Finding(Fault.HEAD_CHANGED, head.number)
    elif head.key != known or not _is_signed(head):
        yield Finding(Fault.HEAD_FORGED, head.number)
    elif head.number == expected and bytes(head.previous) != (bytes(previous.digest) if previous else b""):
        yield Finding(Fault.HEAD_CHANGED, previous.number if previous else head.number)


def _is_signed(head: AuditHead) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(head.key))
        key.verify(bytes(head.signature), bytes(head.digest))
    except (InvalidSignature, ValueError):
        return False
    return True


def _entry_faults(head: AuditHead) -> Iterator[Finding]:
    """Compare the entries under a head, one by one, with the hashes it kept."""
    if head.hash_name not in HASHES:
        return
    found = entries_of(head.entry_ids)
    kept = dict(zip(head.entry_ids, _leaves(head), strict=False))
    wrong = {
        number: entry for number, entry in found.items() if leaf_of(head.hash_name, entry) != kept.get(number)
    }
    for number in head.entry_ids:
        if number not in found:
            yield Finding(Fault.ENTRY_REMOVED, head.number, number)
        elif number in wrong:
            fault = Fault.ENTRY_MOVED if _was_another(head, wrong[number], kept) else Fault.ENTRY_CHANGED
            yield Finding(fault, head.number, number)


def _was_another(head: AuditHead, entry: Mapping[str, Any], kept: Mapping[int, bytes]) -> bool:
    """Say whether an entry is what another number under this head stood for."""
    return any(
        leaf_of(head.hash_name, {**entry, "id": number}) == leaf
        for number, leaf in kept.items()
        if number != entry["id"]
    )


def _leaves(head: AuditHead) -> list[bytes]:
    kept = bytes(head.leaves)
    return [kept[i : i + HASH_BYTES] for i in range(0, len(kept), HASH_BYTES)]


def _outside() -> list[int]:
    """Return the entries that are under no head and do not wait for one. One statement sees one instant."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select id from foundation_auditentry
               except select unnest(entry_ids) from foundation_audithead
               except select entry_id from foundation_auditwaiting order by 1"""
        )
        return [number for (number,) in cursor.fetchall()]


def _unanchored(digests: Mapping[int, str]) -> Iterator[Finding]:
    """Compare with the file beside the database: the end of a chain does not say what was cut off."""
    path = Path(settings.AUDIT_ANCHOR_FILE)
    if not path.exists():
        return
    for line in path.read_text().splitlines():
        number, digest, *_ = line.split(" ")
        if int(number) not in digests:
            if int(number) > max(digests, default=0):
                yield Finding(Fault.HEAD_REMOVED, int(number))
        elif digests[int(number)] != digest:
            yield Finding(Fault.HEAD_CHANGED, int(number))
