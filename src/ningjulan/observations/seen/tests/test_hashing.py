import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ningjulan.observations.seen import hashes, kernels, owners
from ningjulan.observations.seen.hashing import tags

TEXTS = st.lists(st.text(max_size=40), max_size=12)


@pytest.mark.parametrize(
    ("n_bytes", "expected"),
    [
        (0, "a3817f04ba25a8e66df67214c7550293"),
        (1, "da87c1d86b99af44347659119b22fc45"),
        (2, "8177228da4a45dc7fca38bdef60affe4"),
        (3, "9c70b60c5267a94e5f33b6b02985ed51"),
        (15, "5493e99933b0a8117e08ec0f97cfc3d9"),
        (63, "5150d1772f50834a503e069a973fbd7c"),
    ],
)
def test_siphash_is_that_of_its_authors(n_bytes, expected):
    key = np.frombuffer(bytes(range(16)), "<u8")
    text = np.frombuffer(bytes(range(64)), np.uint8)
    out = np.empty((1, 2), np.uint64)

    kernels.siphash_128(text, np.array([0, n_bytes]), key[0], key[1], out)

    assert out.astype("<u8").tobytes().hex() == expected


def test_hashes_are_the_same_on_every_machine_and_in_every_version():
    keys = pl.Series(["", "A", "浙A12345|2026-11-25T12:00:00Z"])

    assert hashes(keys, source="lab", class_id="IOT12").tolist() == GOLDEN_HASHES
    assert owners(["receipt-1:0", "批次"]).tolist() == GOLDEN_OWNERS
    assert tags(owners(["receipt-1:0"])[0], np.array([0, 1], np.uint32)).tolist() == GOLDEN_TAGS


GOLDEN_HASHES = [
    [12539891061899074239, 5601315836644087482],
    [4287411235338565190, 6117846010079221260],
    [11252091511575885628, 15129491410558536766],
]
GOLDEN_OWNERS = [12334942104829947964, 1504953514066674523]
GOLDEN_TAGS = [1799423130854160316, 10252495382403250237]


@given(TEXTS, st.integers(0, 12))
def test_it_does_not_matter_how_the_keys_lie_in_memory(texts, start):
    whole = hashes(pl.Series(texts, dtype=pl.String), source="lab", class_id="IOT12")

    for arrow in (
        pa.array(texts, pa.string())[start:],
        pa.array(texts, pa.large_string())[start:],
        pa.array(texts, pa.string_view())[start:],
        pa.chunked_array([pa.array([], pa.string()), pa.array(texts, pa.string())]).slice(start),
    ):
        assert hashes(arrow, source="lab", class_id="IOT12").tolist() == whole[start:].tolist()


@given(st.lists(st.text(max_size=40), unique=True))
def test_keys_sources_and_classes_are_told_apart(texts):
    keys = pl.Series(texts, dtype=pl.String)

    all_of_them = [
        pair
        for source, class_id in (("lab", "IOT12"), ("lab", "IOT13"), ("labI", "OT12"))
        for pair in map(tuple, hashes(keys, source=source, class_id=class_id).tolist())
    ]

    assert len(set(all_of_them)) == 3 * len(texts)


def test_key_that_is_null_is_refused():
    with pytest.raises(ValueError, match="null"):
        hashes(pl.Series(["A", None]), source="lab", class_id="IOT12")
