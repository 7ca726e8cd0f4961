"""A small catalogue for tests of the language: a few fields of each kind."""

from datetime import timedelta

from ningjulan.scenarios.domain.expressions import Kind
from ningjulan.scenarios.domain.language import Item, Vocabulary

_T, _N, _F, _I = (Item(kind) for kind in (Kind.TEXT, Kind.NUMBER, Kind.FLAG, Kind.INSTANT))
_PLACE = {
    "record_key": _T,
    "occurred_at": _I,
    "device_id": _T,
    "building_id": _T,
    "area_code": _T,
    "address_text": _T,
    "lon": _N,
    "lat": _N,
}

VOCABULARY = Vocabulary(
    fields={
        "SMOKE": {**_PLACE, "value": _T, "test_mode": _F},
        "TEMP": {**_PLACE, "value": _N},
        "DESK": {**_PLACE, "verdict": _T},
        "CAMERA": {
            **_PLACE,
            "kind": _T,
            "confidence": _N,
            "plate_no": Item(Kind.TEXT, pi="personal"),
            "region": Item(Kind.OTHER),
            "sex": _T,
            "disease": _T,
        },
        "REPORT": {**_PLACE, "kind": _T},
        "DOOR": {**_PLACE, "house_id": _T, "state": _T},
    },
    late_by={
        class_id: timedelta(hours=1) for class_id in ("SMOKE", "TEMP", "DESK", "CAMERA", "REPORT", "DOOR")
    },
    facts={
        "licensed_stall": {"cell": Kind.TEXT},
        "quarantine": {"house_id": Kind.TEXT},
        "exit_permit": {"house_id": Kind.TEXT, "status": Kind.TEXT},
    },
    purposes=frozenset({"P02", "P04", "P06"}),
    categories=frozenset({"C02", "C06", "C12"}),
)
