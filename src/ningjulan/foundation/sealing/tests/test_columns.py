import pytest
from django.db import connection

from ningjulan.foundation.sealing import SealBroken, columns, seal_many, unseal_many
from ningjulan.foundation.sealing.columns import SealedColumn, n_waiting, reseal
from ningjulan.foundation.sealing.keys import KeyFile

COLUMN = SealedColumn("sealed_things", "phone_sealed", "id")
PHONES = ["00000000001", None, "00000000002", "00000000003"]


@pytest.fixture
def keys(settings, tmp_path, db, monkeypatch):
    settings.SEALING_KEY_FILE = tmp_path / "keys.json"
    monkeypatch.setattr(columns, "BATCH", 2)
    with connection.cursor() as cursor:
        cursor.execute(
            "create table sealed_things (id uuid primary key default gen_random_uuid(), phone_sealed bytea)"
        )
        cursor.executemany(
            "insert into sealed_things (phone_sealed) values (%s)",
            [(value,) for value in seal_many(PHONES, COLUMN.place)],
        )
    return KeyFile(settings.SEALING_KEY_FILE)


def stored() -> list[memoryview | None]:
    with connection.cursor() as cursor:
        cursor.execute("select phone_sealed from sealed_things")
        return [value for (value,) in cursor.fetchall()]


def opened() -> set[str | None]:
    return set(unseal_many(stored(), COLUMN.place))


def test_nothing_waits_before_a_rotation(keys):
    assert [(step.n_done, step.n_waiting) for step in reseal(COLUMN)] == [(0, 0)]


def test_after_a_rotation_every_value_is_sealed_with_the_new_key(keys):
    key_id = keys.rotate()

    steps = [(step.n_done, step.n_waiting) for step in reseal(COLUMN)]

    assert steps == [(0, 3), (2, 1), (3, 0)]
    assert opened() == set(PHONES)
    assert {bytes(value)[1:5].hex() for value in stored() if value is not None} == {key_id}


def test_an_interrupted_resealing_goes_on_where_it_stood(keys):
    keys.rotate()
    steps = reseal(COLUMN)
    next(steps), next(steps)
    steps.close()

    assert n_waiting(COLUMN) == 1
    assert [(step.n_done, step.n_waiting) for step in reseal(COLUMN)] == [(0, 1), (1, 0)]
    assert opened() == set(PHONES)


def test_a_change_of_cipher_is_resealed_too(keys, settings):
    settings.SEALING = "aes"

    list(reseal(COLUMN))

    assert n_waiting(COLUMN) == 0
    assert opened() == set(PHONES)


def test_a_value_that_does_not_open_stops_it_and_is_left_alone(keys):
    with connection.cursor() as cursor:
        cursor.execute(
            "update sealed_things"
            " set phone_sealed = set_byte(phone_sealed, 20, get_byte(phone_sealed, 20) # 1)"
        )
    before = stored()
    keys.rotate()

    with pytest.raises(SealBroken):
        list(reseal(COLUMN))

    assert stored() == before
