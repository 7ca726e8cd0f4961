import io
from datetime import timedelta
from uuid import UUID

import fastexcel
import msoffcrypto
import msoffcrypto.exceptions
import pytest

from ningjulan.foundation.actors import Role
from ningjulan.foundation.audit.models import AuditEntry
from ningjulan.foundation.permissions import NeverExported, PurposeNotAllowed
from ningjulan.registry.models import Export
from ningjulan.registry.privacy import exporting
from ningjulan.registry.privacy.errors import (
    ExportMoved,
    ExportNotFound,
    ExportOver,
    NotExportable,
    ReasonRefused,
    SamePerson,
    TooManyRows,
    UnitNeeded,
)
from ningjulan.registry.privacy.exporting import (
    ExportAsked,
    ExportedRow,
    Step,
    ask_export,
    decide_export,
    download,
    list_exports,
    may_decide,
    password_of,
)
from ningjulan.registry.privacy.readings import my_readings
from ningjulan.registry.privacy.tests.conftest import GRID, NOW, PERSON, STREET, VALUES, actor
from ningjulan.registry.privacy.workbook import row_mark

pytestmark = pytest.mark.django_db
CLERK = actor(Role.CLERK, user_id=7, unit_code="U1")
LEADER = actor(Role.LEADER, user_id=8, unit_code="U2")
FORMULA = {**VALUES, "name": "=1+1", "workplace": "某厂"}


@pytest.fixture(autouse=True)
def two_people(monkeypatch):
    people = [ExportedRow(PERSON, VALUES), ExportedRow(UUID(int=2), FORMULA)]
    monkeypatch.setattr(exporting, "_offered", {"BIZ01": lambda area_code, most: people[:most]})


def asked(**changes) -> ExportAsked:
    facts = {
        "class_id": "BIZ01", "area_code": GRID, "purpose": "P05",
        "reason": "核对网格内登记人口", "recipient": "统计站王五",
    }  # fmt: skip
    return ExportAsked(**(facts | changes))


def approved(now=NOW) -> Export:
    export = ask_export(asked(), actor=CLERK, now=now)
    return decide_export(export.id, Step.APPROVE, "", actor=LEADER, now=now)


def opened(content: bytes, password: str) -> fastexcel.ExcelReader:
    plain = io.BytesIO()
    file = msoffcrypto.OfficeFile(io.BytesIO(content))
    file.load_key(password=password)
    file.decrypt(plain)
    return fastexcel.read_excel(plain.getvalue())


def test_two_people_of_two_units_make_a_file_that_opens_with_its_password_only():
    export = approved()

    file = download(export.id, actor=CLERK, now=NOW)
    password = password_of(export.id, actor=CLERK, now=NOW)

    book = opened(file.content, password)
    assert len(book.sheet_names) == 2
    with pytest.raises(msoffcrypto.exceptions.InvalidKeyError):
        opened(file.content, "wrong")
    for value in (VALUES["phone"], "张三丰", "统计站王五"):
        assert value.encode() not in file.content


def test_every_sheet_and_row_says_whose_it_is_and_sensitive_items_are_left_out():
    export = approved()
    file = download(export.id, actor=CLERK, now=NOW)
    book = opened(file.content, password_of(export.id, actor=CLERK, now=NOW))

    sheets = [book.load_sheet(name, header_row=None).to_polars().rows() for name in book.sheet_names]

    assert all("仅供 统计站王五 使用" in str(rows[0]) for rows in sheets)
    assert [row[-1] for row in sheets[0][2:4]] == [row_mark(f"{export.id}|1", n) for n in range(2)]
    assert VALUES["phone"] in str(sheets[0])
    assert VALUES["id_no"] not in str(sheets)
    assert "=1+1" in sheets[0][3], "text stays text: no formula runs where the file is opened"


def test_a_download_is_on_record_and_everybody_in_it_sees_it():
    download(approved().id, actor=CLERK, now=NOW)

    actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    resident = actor(Role.RESIDENT, user_id=3, area="", person_id=PERSON)
    (mine,) = my_readings(resident, before=None, limit=9)

    assert actions == ["export_ask", "export_approve", "export_download", "exported", "exported"]
    assert (mine.action, mine.actor_name, mine.reason) == ("exported", "李四", "核对网格内登记人口")
    assert "id_no" not in mine.items


@pytest.mark.parametrize(
    ("change", "who", "refusal"),
    [
        ({"class_id": "BIZ09"}, CLERK, NeverExported),
        ({}, actor(Role.GRID_WORKER, unit_code="U1"), NeverExported),
        ({}, actor(Role.ADMIN, unit_code="U1"), NeverExported),
        ({"purpose": "P12"}, CLERK, PurposeNotAllowed),
        ({"area_code": "440310"}, CLERK, ExportNotFound),
        ({"class_id": "BIZ02"}, CLERK, NotExportable),
        ({}, actor(Role.CLERK), UnitNeeded),
        ({"reason": "aaaaaaaa"}, CLERK, ReasonRefused),
        ({"recipient": " "}, CLERK, ReasonRefused),
    ],
)
def test_what_may_not_be_asked_for_is_refused_and_on_record(change, who, refusal):
    with pytest.raises(refusal):
        ask_export(asked(**change), actor=who, now=NOW)

    assert not Export.objects.exists()
    assert AuditEntry.objects.get().result == refusal.code


def test_more_rows_than_the_cap_are_refused(settings):
    settings.EXPORT_ROWS = 1

    with pytest.raises(TooManyRows):
        ask_export(asked(), actor=CLERK, now=NOW)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        (CLERK, NeverExported),
        (actor(Role.CLERK, Role.LEADER, user_id=7, unit_code="U2"), SamePerson),
        (actor(Role.LEADER, user_id=8, unit_code="U1"), SamePerson),
        (actor(Role.LEADER, user_id=8), UnitNeeded),
        (actor(Role.LEADER, user_id=8, unit_code="U2", area="440310"), ExportNotFound),
        (actor(Role.GRID_WORKER, user_id=8, unit_code="U2"), ExportNotFound),
    ],
    ids=["a clerk", "who asked", "the same unit", "of no unit", "another street", "no approver"],
)
def test_nobody_but_somebody_of_another_unit_decides(who, refusal):
    export = ask_export(asked(), actor=CLERK, now=NOW)

    with pytest.raises(refusal):
        decide_export(export.id, Step.APPROVE, "", actor=who, now=NOW)

    assert not may_decide(export, who)
    export.refresh_from_db()
    assert export.state == "asked"


def test_what_is_decided_is_decided():
    export = approved()

    for step in Step:
        with pytest.raises(ExportMoved):
            decide_export(export.id, step, "不符合最小必要", actor=LEADER, now=NOW)


def test_a_refusal_says_why():
    export = ask_export(asked(), actor=CLERK, now=NOW)

    with pytest.raises(ReasonRefused):
        decide_export(export.id, Step.REFUSE, "", actor=LEADER, now=NOW)
    refused = decide_export(export.id, Step.REFUSE, "超出工作需要的范围", actor=LEADER, now=NOW)

    assert (refused.state, refused.note) == ("refused", "超出工作需要的范围")
    with pytest.raises(ExportOver):
        download(export.id, actor=CLERK, now=NOW)


def test_a_file_is_for_whom_asked_and_not_for_long():
    export = approved()

    with pytest.raises(ExportNotFound):
        download(export.id, actor=LEADER, now=NOW)
    with pytest.raises(ExportOver):
        download(export.id, actor=CLERK, now=NOW + timedelta(hours=24))
    for _ in range(3):
        download(export.id, actor=CLERK, now=NOW)
    with pytest.raises(ExportOver):
        download(export.id, actor=CLERK, now=NOW)


def test_who_lost_the_role_downloads_nothing_any_more():
    export = approved()

    with pytest.raises(ExportOver):
        download(export.id, actor=actor(Role.HANDLER, user_id=7, unit_code="U1"), now=NOW)


def test_lists_show_ones_own_and_what_one_may_decide():
    export = ask_export(asked(), actor=CLERK, now=NOW)

    for who in (CLERK, LEADER, actor(Role.AUDITOR, user_id=9)):
        assert list_exports(who, limit=9) == [export]
    for who in (actor(Role.CLERK, user_id=9), actor(Role.LEADER, user_id=8, area="440310")):
        assert list_exports(who, limit=9) == []
    assert may_decide(export, LEADER)


def test_the_password_is_sealed_where_it_is_stored():
    export = approved()
    password = password_of(export.id, actor=CLERK, now=NOW)

    assert password.encode() not in bytes(Export.objects.get().password_sealed)
    assert STREET not in password
