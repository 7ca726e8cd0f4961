"""A record that can be read, people who may and may not, and cases that are open or over."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from ningjulan.foundation.actors import Actor, Role
from ningjulan.registry.privacy import revealing
from ningjulan.registry.privacy.errors import SubjectNotFound
from ningjulan.registry.privacy.revealing import Revealed

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # ten in the morning in the street
STREET = "330109013"
GRID = "330109013012001"
PERSON = UUID("00000000-0000-7000-8000-000000000001")
VALUES = {"name": "张三丰", "id_no": "999999199001010017", "phone": "00012345678", "person_category": "01"}


def actor(*roles: Role, user_id: int = 7, area: str = STREET, **more) -> Actor:
    return Actor(user_id, "李四", frozenset(roles), frozenset({area}), **more)


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.SEALING_KEY_FILE = tmp_path / "keys.json"
    settings.AUDIT_ANCHOR_FILE = tmp_path / "heads.log"


@pytest.fixture(autouse=True)
def one_person(monkeypatch):
    def load(who: Actor, record_id: str) -> Revealed:
        if not who.covers(GRID) or not record_id.startswith(str(PERSON)[:30]):
            raise SubjectNotFound
        return Revealed(UUID(record_id), "BIZ01", GRID, VALUES, label="张**", household="H1")

    monkeypatch.setattr(revealing, "_loads", {"person": load})
    monkeypatch.setattr(revealing, "_case_state", lambda who, no: {"A-1": "open", "A-0": "ended"}.get(no))
