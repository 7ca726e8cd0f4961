"""Sealing one value: text in, bytes for a column out, and back.

    suite, 1 byte │ key id, 4 bytes │ nonce, 12 bytes │ ciphertext │ tag, 16 bytes

The first five bytes and the place are the associated data: a value moved to another column does not open.
"""

import os
from collections.abc import Iterable
from functools import lru_cache

from cryptography.hazmat.primitives import hmac
from django.conf import settings

from ningjulan.foundation.errors import NingjulanError
from ningjulan.foundation.sealing.keys import keys
from ningjulan.foundation.sealing.suites import (
    NONCE_BYTES,
    SUITE_OF_NUMBER,
    SUITES,
    TAG_BYTES,
    Suite,
    TagRefused,
)

Sealed = bytes | bytearray | memoryview  # as a column may come back
PREFIX_BYTES = 5
INDEX_BYTES = 16


class SealBroken(NingjulanError):
    code = "seal_broken"
    message_zh = "{place} 中的加密内容打不开：内容被改动，或来自另一列"
    message_en = "A sealed value in {place} does not open: it was changed, or comes from another column"


def seal(text: str, place: str) -> bytes:
    """Return `text` encrypted for one column.

    Args:
        place: "table.column"; what is sealed for one place opens nowhere else.
    """
    return _sealed(text, place.encode(), *_sealing())


def seal_many(texts: Iterable[str | None], place: str) -> list[bytes | None]:
    """Return each text sealed, `None` where there is none."""
    where, now = place.encode(), _sealing()
    return [None if text is None else _sealed(text, where, *now) for text in texts]


def unseal(data: Sealed, place: str) -> str:
    """Return the text that was sealed for `place`.

    Raises:
        SealBroken: The bytes were changed, cut, or sealed for another place.
        UnknownKey: The key they name is not among the keys.
    """
    sealed = bytes(data)
    suite = SUITE_OF_NUMBER.get(sealed[0]) if sealed else None
    if suite is None or len(sealed) < PREFIX_BYTES + NONCE_BYTES + TAG_BYTES:
        raise SealBroken(place=place)
    prefix, rest = sealed[:PREFIX_BYTES], sealed[PREFIX_BYTES:]
    key = _derived(suite, keys().sealing(prefix[1:].hex()), b"seal")
    try:
        text = suite.decrypt(key, rest[:NONCE_BYTES], rest[NONCE_BYTES:], prefix + place.encode())
    except TagRefused:
        raise SealBroken(place=place) from None
    return text.decode()


def unseal_many(values: Iterable[Sealed | None], place: str) -> list[str | None]:
    """Return each value unsealed, `None` where there is none. Raises as `unseal`, at the first that fails."""
    return [None if value is None else unseal(value, place) for value in values]


def blind_index(text: str, place: str) -> bytes:
    """Return 16 bytes by which equal texts of one place are found without opening any.

    The caller normalises: the index knows no difference between alike and equal.
    """
    return _blind(text, _index_of(place))


def blind_many(texts: Iterable[str | None], place: str) -> list[bytes | None]:
    """Return the index of each text, `None` where there is none."""
    index = _index_of(place)
    return [None if text is None else _blind(text, index) for text in texts]


def prefix_now() -> bytes:
    """Return the first bytes of everything that is sealed now: what begins otherwise awaits re-sealing."""
    return _sealing()[1]


def _sealing() -> tuple[Suite, bytes, bytes]:
    """Return suite, prefix and key of what is sealed now."""
    suite, source = SUITES[settings.SEALING], keys()
    newest = source.newest()
    prefix = bytes([suite.number]) + bytes.fromhex(newest)
    return suite, prefix, _derived(suite, source.sealing(newest), b"seal")


def _sealed(text: str, where: bytes, suite: Suite, prefix: bytes, key: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return prefix + nonce + suite.encrypt(key, nonce, text.encode(), prefix + where)


def _index_of(place: str) -> hmac.HMAC:
    key = keys().index()
    suite = SUITES[key.suite]
    return suite.mac(_derived(suite, key.secret, b"index " + place.encode()))


def _blind(text: str, index: hmac.HMAC) -> bytes:
    one = index.copy()
    one.update(text.encode())
    return one.finalize()[:INDEX_BYTES]


@lru_cache(maxsize=64)
def _derived(suite: Suite, secret: bytes, purpose: bytes) -> bytes:
    return suite.derived(secret, purpose)
