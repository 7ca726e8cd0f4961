"""Fuzzing the cleaners with records: hypothesis decides what a system writes, and atheris what it decides.

The bytes of an input are the decisions. So an input is always nearly a record, and can be made smaller; as a
plain test (`test_fates.py`) hypothesis decides by itself.
"""

import random
from collections.abc import Iterator

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ningjulan.cleaning.kernel.tests.spellings import SOURCES, parts
from ningjulan.cleaning.tests.samples import REFS
from tests.fuzz.fates import check_parts
from tests.fuzz.lines import CLASSES
from tests.fuzz.target import Target

SEED_BYTES = 600


@settings(
    deadline=None,
    max_examples=20,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(
    class_id=st.sampled_from(CLASSES),
    source=st.sampled_from(SOURCES),
    dice=st.randoms(use_true_random=False),
)
def every_record_has_one_fate(class_id, source, dice):
    check_parts(class_id, parts(class_id, dice), source, REFS)


def seeds() -> Iterator[tuple[str, bytes]]:
    for number in range(8):
        yield f"decisions-{number}", random.Random(f"fuzz/{number}").randbytes(SEED_BYTES)


TARGET = Target(every_record_has_one_fate.hypothesis.fuzz_one_input, seeds)
