"""The guard: no answer of any endpoint, to any role, holds an unmasked L3 or L4 item without a reason.

It walks the API's own description, so an endpoint that is added is walked too, asks each as every role, and
looks through whole answers, files included, for the numbers and names of a small town whose people are known.
That it would find a leak is shown by making one.
"""

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from ningjulan.foundation import masking
from ningjulan.foundation.actors import Role
from ningjulan.foundation.audit.models import AuditEntry
from ningjulan.foundation.models import OutboxEvent, User
from ningjulan.foundation.sealing import seal
from ningjulan.observations import rejects
from ningjulan.observations.models import Reject
from ningjulan.project.openapi import schema_text
from ningjulan.registry import facade as registry
from ningjulan.registry.importing.jobs import SEALED_ROW
from ningjulan.registry.models import Duplicate, ImportJob, ImportReject, Person, Residency, Vehicle
from ningjulan.registry.models.changes import known
from ningjulan.registry.people.loading import load_population
from ningjulan.registry.people.numbers import opened
from ningjulan.registry.people.population import build

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
STREET = "330109013"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ROLES = [role for role in Role if role is not Role.SYSTEM]
FILES = ("/map/addresses.f32", "/map/town.pmtiles", "/metrics", "/healthz", "/")
ESCAPED = re.compile(r"\\u([0-9a-f]{4})")
REJECTED_PLATE = "浙A9Z999"
N_SOUGHT = 1_500  # people whose numbers and names are looked for: those the walk asks about, and many more


@dataclass(frozen=True)
class Known:
    """Plain values that must be nowhere, and the ids with which endpoints are asked."""

    values: frozenset[str]
    ids: Mapping[str, str]
    body: Mapping[str, Any]
    pattern: re.Pattern[str] = field(repr=False)

    def found_in(self, text: str) -> set[str]:
        r"""Return the values in a text, also those that JSON has written as `\u5f20`."""
        return set(self.pattern.findall(ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)))


@pytest.fixture(scope="module")
def town_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guard") / "town"
    build(folder, registry.build_town(folder, seed=5, scale=0.05))
    return folder


@pytest.fixture
def people(town_folder, settings, tmp_path, db) -> Known:
    settings.SEALING_KEY_FILE = tmp_path / "keys.json"
    settings.AUDIT_ANCHOR_FILE = tmp_path / "heads.log"
    settings.TOWN_FOLDER = town_folder
    settings.HISTORY_URL = str(tmp_path / "history")
    registry.load_town(town_folder, NOW)
    load_population(town_folder, NOW)
    reject = Reject.objects.create(
        batch_id="r:1", source="town_iot", tenant_code=STREET, class_id="IOT06", row_no=1, received_at=NOW,
        reasons=["bad_plate"], detail=f"号牌不合规则：{REJECTED_PLATE}", cleaner_version="1",
        raw=json.dumps({"plate_no": REJECTED_PLATE}, ensure_ascii=False).encode(),
    )  # fmt: skip
    return _known(reject, _somebody_elses_import())


def _somebody_elses_import() -> ImportJob:
    job = ImportJob.objects.create(
        file_name="people.csv", file_path="", digest="0" * 64, n_bytes=1, tenant_code=STREET,
        class_id="BIZ01", state="done", by=0, by_name="别人", area_codes=[STREET], at=NOW,
        n_received=1, n_rejected=1,
    )  # fmt: skip
    ImportReject.objects.create(
        job=job, row_no=1, reasons=["bad_plate"], row_sealed=seal(REJECTED_PLATE, SEALED_ROW)
    )
    return job


def _known(reject: Reject, job: ImportJob) -> Known:
    drivers = Vehicle.objects.filter(known(), owner_person_id__isnull=False).values("owner_person_id")
    lodger = Residency.objects.filter(known(), valid_to__isnull=True, person_id__in=drivers).order_by("id")[0]
    asked = Person.objects.filter(known(), entity_id=lodger.person_id).get()
    others = Person.objects.filter(known(), id_no_sealed__isnull=False).order_by("-id")[:N_SOUGHT]
    Duplicate.objects.create(
        left_id=asked.entity_id, right_id=others[0].entity_id, bits=9.0, reasons=[],
        area_code=asked.area_code, state="open", found_at=NOW,
    )  # fmt: skip
    values = {REJECTED_PLATE}
    for person in [asked, *others]:
        values |= {person.name if len(person.name) > 2 else ""}
        values |= {opened(person, item) or "" for item in ("id_no", "phone")}
    for one in Vehicle.objects.filter(known()):
        values.add(opened(one, "plate_no") or "")
    values.discard("")
    person_id, house_id = str(asked.entity_id), str(lodger.house_id)
    ids = {
        "tenant": STREET, "address_id": house_id, "person_id": person_id, "id": person_id, "kind": "person",
        "area": STREET, "what": "phone", "lon": "120.27", "lat": "30.24", "code": f"{STREET}002",
        "reject_id": str(reject.pk), "job_id": str(job.pk), "name": "addresses", "feature_id": house_id,
        "class_id": "IOT06", "code_list_id": "CL_SEX", "scenario_id": "fire.fire_alarm", "q": asked.name[0],
    }  # fmt: skip
    body = {
        "tenant": STREET, "kind": "person", "id": person_id, "items": ["name", "phone", "id_no"],
        "purpose": "P05", "reason": "", "case_no": "", "texts": ["振宁路1号"], "raw": "{}", "version": 0,
        "person_ids": [person_id], "text": "我并没有报过案件，请核实", "class_id": "BIZ01", "note": "",
        "area_code": STREET, "recipient": "统计站", "name": asked.name, "id_no": opened(asked, "id_no"),
        "phone": opened(asked, "phone"), "birth_date": str(asked.birth_date or "1990-01-01"),
    }  # fmt: skip
    longest_first = sorted(values, key=len, reverse=True)
    return Known(frozenset(values), ids, body, re.compile("|".join(map(re.escape, longest_first))))


def _signed_in(role: Role) -> Client:
    rights = {
        "roles": [role.value],
        "area_codes": [] if role is Role.RESIDENT else [STREET],
        "unit_code": "U1",
        "is_staff": role is Role.ADMIN,
        "is_superuser": role is Role.ADMIN,
    }
    user, _ = User.objects.get_or_create(username=f"guard-{role.value}", defaults=rights)
    client = Client(raise_request_exception=False)
    client.force_login(user, backend=BACKEND)
    session = client.session
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()
    return client


def _asks(described: dict[str, Any], known: Known) -> Iterator[tuple[str, str, dict[str, Any] | None]]:
    """Give every operation of the API with whatever it needs to answer, once for each way to ask."""
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            parameters = operation.get("parameters", [])
            where = {p["name"]: known.ids.get(p["name"], "1") for p in parameters if p["in"] == "path"}
            query = {
                p["name"]: known.ids[p["name"]]
                for p in parameters
                if p["in"] == "query" and (p.get("required") or p["name"] == "q") and p["name"] in known.ids
            }
            address = path.format(**where)
            if method == "get":
                yield method, address, query
                if "q" in query:
                    for sought in ("name", "id_no", "phone"):
                        yield method, address, query | {"q": known.body[sought], "kind": ""}
            else:
                yield method, address, None


def _leaks(role: Role, known: Known) -> dict[str, set[str]]:
    """Return what a role got to see that it must not: address → values."""
    client, leaks = _signed_in(role), {}
    asks = [*_asks(json.loads(schema_text()), known), *(("get", file, {}) for file in FILES)]
    for method, address, query in asks:
        if method == "get":
            answer = client.get(address, query)
        else:
            answer = client.generic(method.upper(), address, json.dumps(dict(known.body)), "application/json")
        text = answer.getvalue().decode("utf-8", errors="replace")
        sent = set(query.values()) if query else set()
        found = known.found_in(text) - sent - _said_by_ourselves(address, known)
        if found:
            leaks[f"{method} {address} {answer.status_code}"] = found
    return leaks


def _said_by_ourselves(address: str, known: Known) -> set[str]:
    """What we put into a body may come back: a comparison says how its own words were read."""
    return {str(value) for value in known.body.values()} if address == "/api/duplicates/lookup" else set()


def test_no_answer_holds_an_unmasked_item_without_a_reason(people):
    leaks = {role.value: _leaks(role, people) for role in ROLES}

    assert {role: found for role, found in leaks.items() if found} == {}


def test_the_walk_reaches_people_at_all(people):
    """Else it would pass for want of answers."""
    client = _signed_in(Role.CLERK)
    answers = [
        client.get(f"/api/people/{people.ids['person_id']}"),
        client.get(f"/api/dwellings/{people.ids['address_id']}"),
        client.get("/api/people", {"tenant": STREET, "q": people.body["id_no"]}),
        client.get("/api/vehicles", {"tenant": STREET}),
        client.get("/api/duplicates", {"tenant": STREET}),
        client.get("/api/reveal", {"kind": "person", "id": people.ids["person_id"]}),
        _signed_in(Role.STEWARD).get(f"/api/sources/rejects/{people.ids['reject_id']}"),
    ]

    assert [answer.status_code for answer in answers] == [200] * 7
    assert all("*" in answer.content.decode() for answer in answers[:3])
    assert len(people.values) > N_SOUGHT


def test_the_guard_finds_it_where_a_mask_or_a_lock_is_taken_away(people, monkeypatch):
    for mask in ("name", "id_no", "phone", "plate"):
        with monkeypatch.context() as taken_away:
            taken_away.setitem(masking.MASKS, mask, lambda text: text)
            assert _leaks(Role.CLERK, people) != {}, mask
    monkeypatch.setattr(rejects, "is_personal", lambda class_id: False)

    assert REJECTED_PLATE in set().union(*_leaks(Role.STEWARD, people).values())


def test_nothing_that_is_told_to_live_screens_or_kept_in_the_trail_holds_a_value(people):
    _leaks(Role.CLERK, people)

    told = json.dumps(list(OutboxEvent.objects.values_list("payload", flat=True)), ensure_ascii=False)
    kept = str(list(AuditEntry.objects.values()))
    assert people.found_in(told) == people.found_in(kept) == set()
