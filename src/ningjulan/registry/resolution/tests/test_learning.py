import json

import numpy as np
import polars as pl
import pytest

from ningjulan.registry.resolution import dirt, learning, weights
from ningjulan.registry.resolution.evaluation import evaluate
from ningjulan.registry.resolution.matching import prepared


@pytest.fixture(scope="module")
def learned():
    registered = dirt.people(6_000, seed=1)
    incoming = dirt.dirty(registered, 4_000, seed=2).incoming
    return learning.learn(prepared(incoming), prepared(registered), n_random=50_000, seed=3)


def test_maximisation_finds_the_shares_that_made_the_pairs():
    rng = np.random.default_rng(0)
    is_one = rng.random(40_000) < 0.3
    m, u = (
        {"a": [0.1, 0.9], "b": [0.3, 0.7], "c": [0.05, 0.95]},
        {"a": [0.9, 0.1], "b": [0.8, 0.2], "c": [0.99, 0.01]},
    )
    levels = pl.DataFrame(
        {f: (rng.random(len(is_one)) < np.where(is_one, m[f][1], u[f][1])).astype(np.int8) for f in m}
    )

    found = learning.expect(levels, {f: np.array(shares) for f, shares in u.items()}, ["a", "b", "c"])

    assert {f: pytest.approx(shares[1], abs=0.02) for f, shares in m.items()} == {f: found[f][1] for f in m}


def test_agreement_is_worth_more_than_disagreement(learned):
    for field in ("name", "birth_date", "sex", "id_no", "phone", "address"):
        bits = learned.bits(field)
        assert bits[-2] > 0 > bits[0], field  # the last but one is full agreement, the last is MISSING
        assert bits[-1] == 0


def test_weights_come_back_from_their_file(learned):
    again = weights.from_json(json.loads(json.dumps(learned.as_json())))

    assert again.as_json() == learned.as_json()


def test_records_are_linked_rightly_or_asked_about():
    result = evaluate(8_000, 3_000, seed=11)

    assert result.precision >= 0.995
    assert result.recall >= 0.86
    assert result.queued <= 0.15
    assert result.findable >= 0.98
    assert result.doubled <= 0.02


def test_the_dirty_file_is_the_same_each_time():
    registered = dirt.people(500, seed=4)

    assert dirt.dirty(registered, 200, seed=5).incoming.equals(dirt.dirty(registered, 200, seed=5).incoming)
