"""Every record has one fate, and the balance sheet says so: out of cleaning, and out of the database."""

import random
from contextlib import closing
from datetime import timedelta

import pytest
from django.db.models import F, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ningjulan.catalog import facade as catalog
from ningjulan.cleaning.kernel.tests.spellings import parts
from ningjulan.cleaning.tests.samples import NOW
from ningjulan.observations.facade import Belonging, SeenKeys
from ningjulan.observations.models import Batch, NoteHour, Reject
from ningjulan.observations.noting import DUPLICATES
from ningjulan.project import pipeline
from ningjulan.sources.stream import RawBatch
from tests.fuzz.lines import CLASSES
from tests.fuzz.records import every_record_has_one_fate

SOURCES = ("town_iot", "town_video", "civic_cases", "resident_reports")
SUMS = ("n_received", "n_stored", "n_rejected", "n_duplicate", "n_parked")

test_every_record_has_one_fate = every_record_has_one_fate


@st.composite
def deliveries(draw: st.DrawFn) -> list[list[RawBatch]]:
    """Commits of batches: some of one source and class together, some sent again, some delivered again."""
    dice = draw(st.randoms(use_true_random=False))
    chosen = [(dice.choice(SOURCES), dice.choice(CLASSES)) for _ in range(dice.randint(1, 3))]
    batches = [
        RawBatch(f"b:{number}:{n}", "r", source, class_id, 1, NOW + timedelta(hours=n), part.payload)
        for number, (source, class_id) in enumerate(chosen)
        for n, part in enumerate(parts(class_id, dice))
    ]
    garbage = draw(st.lists(st.binary(max_size=80), max_size=2))
    batches += [RawBatch(f"g:{n}", "r", *chosen[0], 1, NOW, payload) for n, payload in enumerate(garbage)]
    batches += dice.choices(batches, k=dice.randint(0, 3))  # copies: another number, the same batch
    dice.shuffle(batches)
    numbered = [RawBatch(**{**vars_of(batch), "seq": seq}) for seq, batch in enumerate(batches, start=1)]
    commits: list[list[RawBatch]] = []
    while numbered:
        size = dice.randint(1, len(numbered))
        commits += [numbered[:size]] * dice.choice((1, 1, 2))  # a worker that died delivers it again
        numbered = numbered[size:]
    return commits


def vars_of(batch: RawBatch) -> dict[str, object]:
    return {name: getattr(batch, name) for name in RawBatch.__dataclass_fields__}


@pytest.mark.django_db
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(commits=deliveries())
def test_the_balance_sheet_is_exact_whatever_comes_how_often(commits, tmp_path_factory):
    for table in (Batch, Reject, NoteHour):
        table.objects.all().delete()
    stored: dict[tuple[str, str], list[str]] = {}
    with closing(SeenKeys(tmp_path_factory.mktemp("seen"), Belonging(0, 1, "nowhere"))) as seen:
        for batches in commits:
            for done in pipeline.commit(pipeline.clean_batches(batches), NOW, seen):
                keys = done.fresh_rows()["record_key"].to_list()
                stored.setdefault((done.of.source, done.of.class_id), []).extend(keys)

    sent = {batch.batch_id: batch for batches in commits for batch in batches}
    sums = Batch.objects.aggregate(**{name: Sum(name) for name in SUMS})
    assert set(Batch.objects.values_list("batch_id", flat=True)) == set(sent)
    assert sums["n_received"] == sum(batch.n_lines for batch in sent.values())
    assert sums["n_received"] == sum(sums[name] for name in SUMS[1:])
    assert sums["n_stored"] == sum(map(len, stored.values()))
    assert all(len(set(keys)) == len(keys) for keys in stored.values())
    assert not Batch.objects.exclude(n_received=sum((F(n) for n in SUMS[2:]), F("n_stored"))).exists()
    why = NoteHour.objects.filter(note__in=list(DUPLICATES)).aggregate(n=Sum("n"))
    assert (why["n"] or 0) == sums["n_duplicate"]
    rejects = list(Reject.objects.all())
    assert sums["n_rejected"] == len(rejects)
    for reject in rejects:
        assert bytes(reject.raw) == sent[reject.batch_id].lines[reject.row_no - 1]


def test_the_generators_of_the_catalogue_reach_every_class():
    for class_id in CLASSES:
        assert list(catalog.clean_samples(class_id, 2, now=NOW))
        assert list(catalog.dirty_samples(class_id, now=NOW))
        assert parts(class_id, random.Random(1))
