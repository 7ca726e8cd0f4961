from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from ningjulan.catalog.contracts import OURS
from ningjulan.cleaning.contracts import COLLATED
from ningjulan.observations.history import History
from ningjulan.observations.windows import ADDED_FOR_HISTORY, window

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _plates(tmp_path, settings):
    """One vehicle now, one a day ago."""
    settings.HISTORY_URL = str(tmp_path)
    frame = pl.DataFrame(
        {
            "record_key": ["a", "b"],
            "plate_no": ["浙A00001", "浙A00002"],
            "occurred_at": [NOW, NOW - timedelta(days=1)],
        },
        schema_overrides={"occurred_at": pl.Datetime("us", "UTC")},
    )
    history = History(str(tmp_path), shard=0)
    history.add("IOT06", frame, 1)
    history.flush()


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        pytest.param(NOW, NOW + timedelta(seconds=1), ["a"], id="from the first instant"),
        pytest.param(NOW - timedelta(days=1), NOW, ["b"], id="to before the last"),
        pytest.param(NOW - timedelta(days=2), NOW + timedelta(days=1), ["a", "b"], id="over two days"),
        pytest.param(NOW + timedelta(days=1), NOW + timedelta(days=2), [], id="nothing"),
    ],
)
def test_window_holds_what_happened_in_it(since, until, expected):
    frame = window("IOT06", since, until, ["record_key"]).collect()

    assert sorted(frame["record_key"]) == expected


def test_window_knows_items_that_no_record_has_had_yet():
    frame = window("IOT06", NOW, NOW + timedelta(days=1), ["plate_no", "image"]).collect()

    assert frame.rows() == [("浙A00001", None)]


def test_no_item_can_have_the_name_of_a_column_that_the_history_adds():
    same_as_ours = {"device_id", "building_id", "grid_code"}

    assert {*ADDED_FOR_HISTORY, *COLLATED, "row_no"} - same_as_ours <= OURS


def test_window_of_a_class_without_records_is_empty():
    frame = window("IOT12", NOW, NOW + timedelta(days=1), ["msg_id", "alarm_kind"]).collect()

    assert (frame.columns, frame.height) == (["msg_id", "alarm_kind"], 0)
