"""试清洗: what the present cleaner would make of a rejected line or of a mended one. Nothing is stored.

Here and not beside the rejects: cleaning needs the registry's snapshot, which lies downstream of them.
"""

from typing import Literal

from ninja import Field, Router, Schema

from ningjulan.catalog import facade as catalog
from ningjulan.cleaning import facade as cleaning
from ningjulan.cleaning.contracts import CLEANER_VERSION, NOTES
from ningjulan.foundation.api import PROBLEMS, ActorRequest, Input
from ningjulan.observations import rejects
from ningjulan.observations.faults import faults_of
from ningjulan.observations.mending import one_line
from ningjulan.observations.reject_api import FaultOut
from ningjulan.observations.showing import shown_record
from ningjulan.registry import facade as registry
from ningjulan.sources import facade as sources

router = Router(tags=["observations"])


class TryIn(Input):
    raw: str = Field(max_length=2**20)


class TriedItem(Schema):
    """An item as it would be stored. Personal items are masked as everywhere."""

    id: str
    zh: str
    en: str
    value: str | None
    is_masked: bool


class TriedNote(Schema):
    item: str
    zh: str
    en: str


class TriedOut(Schema):
    """`accepted` may still prove a duplicate of a record that is stored: only the worker knows the keys."""

    verdict: Literal["accepted", "rejected"]
    faults: list[FaultOut]
    items: list[TriedItem]
    notes: list[TriedNote]
    cleaner_version: str


@router.post(
    "/sources/rejects/{int:reject_id}/try", response={200: TriedOut, **PROBLEMS}, operation_id="tryReject"
)
def try_reject(request: ActorRequest, reject_id: int, body: TryIn) -> TriedOut:
    """试清洗：用现行规则清洗更正后的内容，不入库，立即告知能否通过及原因。"""
    reject = rejects.delivery_of(request.auth, reject_id)
    source = sources.get_source(reject.source)
    cleaned = cleaning.clean(
        reject.class_id,
        [one_line(body.raw)],
        received_at=reject.received_at,
        source=cleaning.source_ref(source),
        refs=registry.refs(source.tenant_code),
    )
    bad = cleaned.rejected.to_dicts()
    faults = faults_of(reject.class_id, bad[0]["reasons"], bad[0]["detail"]) if bad else []
    rows = cleaned.accepted.to_dicts()
    about = catalog.get_class(reject.class_id)
    return TriedOut(
        verdict="rejected" if bad else "accepted",
        faults=[FaultOut(**vars(fault)) for fault in faults],
        items=[TriedItem(**vars(one)) for row in rows for one in shown_record(row, about)],
        notes=[
            TriedNote(item=one["item"], zh=NOTES[one["note"]].zh, en=NOTES[one["note"]].en)
            for one in cleaned.notes.to_dicts()
        ],
        cleaner_version=CLEANER_VERSION,
    )
