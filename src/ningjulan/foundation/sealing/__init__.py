"""Sealed columns: numbers that are encrypted where they are stored, and found again by a blind index."""

from ningjulan.foundation.sealing.fields import (
    SealBroken,
    blind_index,
    blind_many,
    seal,
    seal_many,
    unseal,
    unseal_many,
)
from ningjulan.foundation.sealing.keys import KeyFileRefused, KeySource, UnknownKey

__all__ = [
    "KeyFileRefused",
    "KeySource",
    "SealBroken",
    "UnknownKey",
    "blind_index",
    "blind_many",
    "seal",
    "seal_many",
    "unseal",
    "unseal_many",
]
