"""The seal on the audit trail over HTTP: the heads, and verifying all of it now."""

from datetime import datetime

from django.utils import timezone
from ninja import Router, Schema

from ningjulan.foundation import audit
from ningjulan.foundation.api import PROBLEMS, ActorRequest
from ningjulan.foundation.audit import verifying
from ningjulan.foundation.audit.models import AuditHead, AuditWaiting
from ningjulan.foundation.audit.verifying import FAULT_ZH, Fault
from ningjulan.registry.privacy.readings import check_auditor

router = Router(tags=["privacy"])
MOST_FINDINGS = 500


class HeadOut(Schema):
    """A head. `digest` and `key` in hexadecimal: what is to be compared with the anchor kept elsewhere."""

    number: int
    sealed_at: datetime
    n_entries: int
    first_entry: int
    last_entry: int
    hash_name: str
    digest: str
    key: str


class HeadsOut(Schema):
    items: list[HeadOut]
    n_waiting: int
    next_cursor: int | None


class FindingOut(Schema):
    fault: Fault
    zh: str
    head: int | None
    entry: int | None


class VerificationOut(Schema):
    """What was found, the first 500 of it."""

    is_whole: bool
    verified_at: datetime
    n_heads: int
    n_entries: int
    n_waiting: int
    last_head: int | None
    last_digest: str
    n_findings: int
    findings: list[FindingOut]


@router.get("/audit/heads", response={200: HeadsOut, **PROBLEMS}, operation_id="listAuditHeads")
def list_heads(request: ActorRequest, before: int | None = None, limit: int = 20) -> HeadsOut:
    """审计封存：每秒一次的签名封存，最新在前。仅隐私与审计官。"""
    check_auditor(request.auth)
    limit = max(1, min(limit, 200))
    heads = AuditHead.objects.order_by("-number")
    if before:
        heads = heads.filter(number__lt=before)
    found = list(heads.defer("leaves")[:limit])
    return HeadsOut(
        items=[_head(head) for head in found],
        n_waiting=AuditWaiting.objects.count(),
        next_cursor=found[-1].number if len(found) == limit else None,
    )


@router.post("/audit/verify", response={200: VerificationOut, **PROBLEMS}, operation_id="verifyAudit")
def verify(request: ActorRequest) -> VerificationOut:
    """核验审计记录：指出被改动、删除、插入、调换的记录或封存。核验本身也留痕。"""
    check_auditor(request.auth)
    seen, now = verifying.verify(), timezone.now()
    audit.record(
        request.auth,
        "verify",
        at=now,
        facts={"last_head": seen.last_head, "n_entries": seen.n_entries, "n_findings": len(seen.findings)},
    )
    return VerificationOut(
        is_whole=seen.is_whole,
        verified_at=now,
        n_heads=seen.n_heads,
        n_entries=seen.n_entries,
        n_waiting=seen.n_waiting,
        last_head=seen.last_head,
        last_digest=seen.last_digest,
        n_findings=len(seen.findings),
        findings=[
            FindingOut(fault=one.fault, zh=FAULT_ZH[one.fault], head=one.head, entry=one.entry)
            for one in seen.findings[:MOST_FINDINGS]
        ],
    )


def _head(head: AuditHead) -> HeadOut:
    return HeadOut(
        number=head.number,
        sealed_at=head.sealed_at,
        n_entries=len(head.entry_ids),
        first_entry=head.entry_ids[0],
        last_entry=head.entry_ids[-1],
        hash_name=head.hash_name,
        digest=bytes(head.digest).hex(),
        key=head.key,
    )
