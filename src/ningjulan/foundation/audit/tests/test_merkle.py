from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ningjulan.foundation.audit.merkle import LEAF, NODE, canonical, hashed, leaf_of, root_of

LEAVES = [hashed("sm3", bytes([n])) for n in range(5)]


def node(left: bytes, right: bytes) -> bytes:
    return hashed("sm3", NODE + left + right)


@pytest.mark.parametrize(
    ("n", "root"),
    [
        (1, LEAVES[0]),
        (2, node(LEAVES[0], LEAVES[1])),
        (3, node(node(LEAVES[0], LEAVES[1]), LEAVES[2])),
        (5, node(node(node(LEAVES[0], LEAVES[1]), node(LEAVES[2], LEAVES[3])), LEAVES[4])),
    ],
)
def test_the_root_is_built_pair_by_pair(n, root):
    assert root_of("sm3", LEAVES[:n]) == root


@given(st.lists(st.binary(min_size=1, max_size=4), min_size=2, max_size=20, unique=True), st.data())
def test_no_two_orders_have_one_root(texts, data):
    leaves = [hashed("sha256", text) for text in texts]
    other = data.draw(st.permutations(leaves))

    assert (root_of("sha256", leaves) == root_of("sha256", other)) == (leaves == other)


def test_a_tree_without_leaves_is_refused():
    with pytest.raises(ValueError, match="no root"):
        root_of("sm3", [])


def test_an_instant_is_written_in_one_way_whatever_its_zone():
    at = datetime(2026, 11, 25, 10, 0, tzinfo=timezone(timedelta(hours=8)))

    assert canonical({"b": at, "a": "宁"}) == '{"a":"宁","b":"2026-11-25T02:00:00.000000+00:00"}'.encode()


def test_a_leaf_never_passes_for_a_node():
    assert leaf_of("sm3", {"id": 1}) == hashed("sm3", LEAF + b'{"id":1}')
