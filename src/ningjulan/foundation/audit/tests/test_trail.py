from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ningjulan.foundation import audit
from ningjulan.foundation.actors import SYSTEM, Actor, Role
from ningjulan.foundation.audit.heads import seal_waiting
from ningjulan.foundation.audit.models import AuditEntry, AuditHead, AuditWaiting
from ningjulan.foundation.audit.verifying import Fault, verify
from ningjulan.foundation.sealing.keys import KeyFile

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
CLERK = Actor(7, "张三", frozenset({Role.CLERK}), frozenset({"330109013"}), unit_code="U1")


def append(n: int = 1) -> list[int]:
    return [
        audit.record(CLERK, "reveal", subject_id=number, reason="核对住址", items=["phone"])
        for number in range(n)
    ]


def heads_of(*sizes: int) -> list[int]:
    """Append entries under heads of some sizes; return their numbers."""
    ids = []
    for size in sizes:
        ids += append(size)
        seal_waiting(NOW)
    return ids


def tamper(sql: str, *values: object) -> None:
    """Do what the triggers forbid, as somebody could who owns the database."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set local session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("set local session_replication_role = origin")


def found() -> list[tuple[Fault, int | None]]:
    return [(f.fault, f.entry if f.entry is not None else f.head) for f in verify().findings]


@pytest.mark.django_db
def test_an_entry_says_who_what_why_and_of_whom():
    person = uuid4()

    number = audit.record(
        CLERK,
        "reveal",
        subject_kind="person",
        subject_id=person,
        person_id=person,
        class_id="BIZ01",
        items=["phone", "id_no"],
        purpose="P13",
        reason="核对住址",
        case_no="A-1",
        facts={"household": "H1"},
    )

    entry = AuditEntry.objects.get(id=number)
    assert (entry.actor_id, entry.actor_name, entry.roles, entry.unit_code) == (7, "张三", ["clerk"], "U1")
    assert (entry.action, entry.result, entry.subject_id, entry.person_id) == (
        "reveal",
        "done",
        str(person),
        person,
    )
    assert (entry.items, entry.purpose, entry.case_no) == (["id_no", "phone"], "P13", "A-1")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "update foundation_auditentry set reason = 'x'",
        "delete from foundation_auditentry",
        "update foundation_audithead set number = 9",
        "delete from foundation_audithead",
        "truncate foundation_auditentry",
    ],
)
def test_the_tables_refuse_everything_but_appending(sql):
    heads_of(1)

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("set local ningjulan.trail_may_be_emptied = off")
        cursor.execute(sql)

    assert verify().is_whole


@pytest.mark.django_db
def test_a_seal_takes_what_waits_and_nothing_twice():
    heads_of(3)

    assert AuditWaiting.objects.count() == 0
    assert seal_waiting(NOW) is None
    assert AuditHead.objects.count() == 1


@pytest.mark.django_db
def test_an_untouched_trail_is_whole():
    heads_of(3, 1, 5)
    append(2)

    seen = verify()

    assert seen.is_whole
    assert (seen.n_heads, seen.n_entries, seen.n_waiting, seen.last_head) == (3, 9, 2, 3)


@pytest.mark.django_db
def test_heads_made_with_another_hash_still_verify(settings):
    heads_of(2)
    settings.SEALING = "aes"
    heads_of(2)

    assert verify().is_whole
    assert set(AuditHead.objects.values_list("hash_name", flat=True)) == {"sm3", "sha256"}


COLUMNS = [f.attname for f in AuditEntry._meta.concrete_fields if f.attname != "id"]
NEW_VALUE = {
    "at": "2026-01-01T00:00:00Z",
    "actor_id": 99,
    "roles": ["leader"],
    "ip": "10.0.0.1",
    "person_id": str(uuid4()),
    "items": ["name"],
    "facts": '{"n": 1}',
}


@pytest.mark.django_db
@pytest.mark.parametrize("column", COLUMNS)
def test_a_change_of_any_column_is_found(column):
    ids = heads_of(2, 3, 1)

    tamper(
        f"update foundation_auditentry set {column} = %s where id = %s", NEW_VALUE.get(column, "x"), ids[3]
    )

    assert found() == [(Fault.ENTRY_CHANGED, ids[3])]


@pytest.mark.django_db
def test_a_removed_row_is_named():
    ids = heads_of(2, 3)

    tamper("delete from foundation_auditentry where id = %s", ids[4])

    assert found() == [(Fault.ENTRY_REMOVED, ids[4])]


@pytest.mark.django_db
def test_an_inserted_row_is_named():
    heads_of(2, 3)

    tamper(
        """insert into foundation_auditentry (id, at, actor_name, roles, unit_code, action, result,
           subject_kind, subject_id, class_id, area_code, items, purpose, reason, case_no, facts)
           values (999999, now(), 'x', '{}', '', 'reveal', 'done', '', '', '', '', '{}', '', '', '', '{}')"""
    )

    assert found() == [(Fault.ENTRY_INSERTED, 999999)]


@pytest.mark.django_db
def test_two_rows_that_changed_places_are_named():
    ids = heads_of(4)

    tamper("update foundation_auditentry set id = -id where id = any(%s)", ids[1:3])
    tamper("update foundation_auditentry set id = %s where id = %s", ids[2], -ids[1])
    tamper("update foundation_auditentry set id = %s where id = %s", ids[1], -ids[2])

    assert found() == [(Fault.ENTRY_MOVED, ids[1]), (Fault.ENTRY_MOVED, ids[2])]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        (
            "update foundation_audithead set sealed_at = sealed_at - interval '1 s' where number = 2",
            Fault.HEAD_CHANGED,
        ),
        ("update foundation_audithead set root = previous where number = 2", Fault.HEAD_CHANGED),
        ("update foundation_audithead set digest = root where number = 2", Fault.HEAD_CHANGED),
        ("update foundation_audithead set signature = root where number = 2", Fault.HEAD_FORGED),
        ("update foundation_audithead set key = repeat('0', 64) where number = 2", Fault.HEAD_CHANGED),
        ("delete from foundation_audithead where number = 2", Fault.HEAD_REMOVED),
    ],
)
def test_a_touched_head_is_named(sql, fault):
    heads_of(1, 2, 1)

    tamper(sql)

    assert (fault, 2) in found()


@pytest.mark.django_db
def test_heads_that_changed_places_are_found():
    heads_of(1, 2, 1)

    tamper("update foundation_audithead set number = 10 where number = 2")
    tamper("update foundation_audithead set number = 2 where number = 3")
    tamper("update foundation_audithead set number = 3 where number = 10")

    assert {(Fault.HEAD_CHANGED, 2), (Fault.HEAD_CHANGED, 3)} <= set(found())


@pytest.mark.django_db
def test_rows_resealed_with_a_key_of_ones_own_are_found(settings, tmp_path):
    ids = heads_of(1, 2)
    tamper("delete from foundation_audithead where number = 2")
    tamper("update foundation_auditentry set reason = 'x' where id = %s", ids[2])
    tamper("insert into foundation_auditwaiting select unnest(%s::bigint[])", ids[1:])
    ours = settings.SEALING_KEY_FILE
    settings.SEALING_KEY_FILE = tmp_path / "theirs.json"
    seal_waiting(NOW)
    settings.SEALING_KEY_FILE = ours

    assert found() == [(Fault.HEAD_FORGED, 2)]


@pytest.mark.django_db(transaction=True)
def test_a_trail_cut_off_at_its_end_is_found_by_the_file_beside_the_database():
    ids = heads_of(2, 1, 1)

    with transaction.atomic():
        tamper("delete from foundation_audithead where number > 1")
        tamper("delete from foundation_auditentry where id > %s", ids[1])

    assert found() == [(Fault.HEAD_REMOVED, 2), (Fault.HEAD_REMOVED, 3)]


@pytest.mark.django_db(transaction=True)
def test_a_head_replaced_by_one_signed_with_the_stolen_key_is_found_by_the_file():
    ids = heads_of(1, 2)
    with transaction.atomic():
        tamper("delete from foundation_audithead where number = 2")
        tamper("update foundation_auditentry set reason = 'x' where id = %s", ids[2])
        tamper("insert into foundation_auditwaiting select unnest(%s::bigint[])", ids[1:])
    anchored = settings.AUDIT_ANCHOR_FILE.read_text()
    seal_waiting(NOW)
    settings.AUDIT_ANCHOR_FILE.write_text(anchored)

    assert found() == [(Fault.HEAD_CHANGED, 2)]


@pytest.mark.django_db(transaction=True)
def test_a_crash_between_appending_and_sealing_loses_nothing(monkeypatch):
    append(3)
    with monkeypatch.context() as crash:
        crash.setattr(AuditHead, "save", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            seal_waiting(NOW)

    seal_waiting(NOW)

    seen = verify()
    assert seen.is_whole
    assert (seen.n_heads, seen.n_entries, seen.n_waiting) == (1, 3, 0)


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_leaves_neither_entry_nor_waiting():
    with pytest.raises(RuntimeError), transaction.atomic():
        append()
        raise RuntimeError

    assert AuditEntry.objects.count() == AuditWaiting.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_entry_committed_after_later_ones_were_sealed_is_sealed_next():
    def other_writer() -> None:
        append(2)
        seal_waiting(NOW)
        connection.close()

    with transaction.atomic():
        (early,) = append()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(other_writer).result(timeout=30)  # waits for nobody, though `early` is not committed
    seal_waiting(NOW)

    assert [list(head.entry_ids) for head in AuditHead.objects.order_by("number")][1] == [early]
    assert verify().is_whole


@pytest.mark.django_db(transaction=True)
def test_sealers_that_meet_make_one_chain():
    append(40)

    def sealer(_: int) -> None:
        append()
        seal_waiting(NOW)
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sealer, range(8)))
    seal_waiting(NOW)

    seen = verify()
    assert seen.is_whole
    assert (seen.n_entries, seen.n_waiting) == (48, 0)


@pytest.mark.django_db
@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.data())
def test_whatever_rows_are_touched_exactly_those_are_named(sizes, data):
    with transaction.atomic():
        ids = heads_of(*sizes)
        gone = data.draw(st.sets(st.sampled_from(ids)))
        changed = data.draw(st.sets(st.sampled_from(ids))) - gone

        tamper("delete from foundation_auditentry where id = any(%s)", list(gone))
        tamper("update foundation_auditentry set action = 'x' where id = any(%s)", list(changed))

        assert {(f.fault, f.entry) for f in verify().findings} == {
            *((Fault.ENTRY_REMOVED, number) for number in gone),
            *((Fault.ENTRY_CHANGED, number) for number in changed),
        }
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_platform_itself_has_no_account():
    number = audit.record(SYSTEM, "tidy", result="done")

    assert AuditEntry.objects.get(id=number).actor_id is None


@pytest.mark.django_db
def test_a_rotation_of_sealing_keys_leaves_the_signature_as_it_was():
    heads_of(1)
    KeyFile(settings.SEALING_KEY_FILE).rotate()
    heads_of(1)

    assert verify().is_whole
