import pytest
from hypothesis import given
from hypothesis import strategies as st

from ningjulan.foundation.sealing import (
    SealBroken,
    UnknownKey,
    blind_index,
    blind_many,
    seal,
    seal_many,
    unseal,
    unseal_many,
)
from ningjulan.foundation.sealing.fields import INDEX_BYTES
from ningjulan.foundation.sealing.keys import KeyFile

PLACE = "registry_person.id_no_sealed"
ID_NO = "999999199001010017"
TEXTS = st.lists(st.none() | st.text(st.characters(codec="utf-8"), max_size=40), max_size=8)


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.SEALING_KEY_FILE = tmp_path / "keys" / "keys.json"
    settings.SEALING = "sm4"
    return KeyFile(settings.SEALING_KEY_FILE)


@given(TEXTS)
def test_what_was_sealed_opens_again(texts):
    assert unseal_many(seal_many(texts, PLACE), PLACE) == texts


@pytest.mark.parametrize(("suite", "number"), [("sm4", 1), ("aes", 2)])
def test_the_setting_chooses_the_cipher_and_both_open(settings, suite, number):
    settings.SEALING = suite
    sealed = seal(ID_NO, PLACE)
    settings.SEALING = "aes" if suite == "sm4" else "sm4"

    assert sealed[0] == number
    assert unseal(sealed, PLACE) == ID_NO


def test_equal_texts_are_sealed_differently_and_show_nothing():
    once, again = seal(ID_NO, PLACE), seal(ID_NO, PLACE)

    assert once != again
    assert ID_NO.encode() not in once


def test_a_value_moved_to_another_column_does_not_open():
    with pytest.raises(SealBroken) as refused:
        unseal(seal(ID_NO, PLACE), "registry_person.phone_sealed")

    assert "registry_person.phone_sealed" in refused.value.message("en")
    assert ID_NO not in str(refused.value)


@given(st.integers(min_value=0, max_value=8 * (5 + 12 + 18 + 16) - 1))
def test_no_changed_bit_opens(bit):
    changed = bytearray(seal(ID_NO, PLACE))
    changed[bit // 8] ^= 1 << bit % 8

    with pytest.raises((SealBroken, UnknownKey)):
        unseal(changed, PLACE)


@given(st.binary(max_size=60))
def test_what_was_never_sealed_is_refused(junk):
    with pytest.raises((SealBroken, UnknownKey)):
        unseal(junk, PLACE)


def test_a_lost_key_is_named(own_keys):
    sealed = seal(ID_NO, PLACE)
    own_keys.path.unlink()  # a restored database beside a new installation

    with pytest.raises(UnknownKey) as refused:
        unseal(sealed, PLACE)

    assert sealed[1:5].hex() in refused.value.message("zh")


def test_older_keys_still_open_after_a_rotation(own_keys):
    old = seal(ID_NO, PLACE)

    key_id = own_keys.rotate()

    assert unseal(old, PLACE) == ID_NO
    assert seal(ID_NO, PLACE)[1:5].hex() == key_id != old[1:5].hex()


def test_the_blind_index_finds_equal_texts_of_one_place_only(own_keys, settings):
    index = blind_index(ID_NO, PLACE)
    own_keys.rotate()
    settings.SEALING = "aes"

    assert blind_many([ID_NO, None, "x"], PLACE) == [index, None, blind_index("x", PLACE)]
    assert len(index) == INDEX_BYTES
    assert blind_index(ID_NO, "registry_person.phone_sealed") != index
    assert blind_index("999999199001010025", PLACE) != index
