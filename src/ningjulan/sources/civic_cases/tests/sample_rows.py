"""Invented rows of the published shape, and the mark for tests that need the published file."""

import pytest

from ningjulan.sources.civic_cases.tests.independent import FILE
from ningjulan.sources.manifest import get_source

SOURCE = get_source("civic_cases")
ROW = {
    "rec_id": "7",
    "create_time": "2018-03-01",
    "STREET_ID": "101",
    "STREET_NAME": "甲一街道",
    "COMMUNITY_ID": "10031",
    "COMMUNITY_NAME": "子一社区",
    "long": "0.0",
    "lat": "0.0",
    "EVENT_TYPE_ID": "5",
    "EVENT_TYPE_NAME": "市容类",
    "MAIN_TYPE_ID": "178",
    "MAIN_TYPE_NAME": "占道类",
    "SUB_TYPE_ID": "9001",
    "SUB_TYPE_NAME": "试验细类",
    "DISPOSE_UNIT_ID": "501",
    "DISPOSE_UNIT_NAME": "子一社区",
    "EVENT_SRC_ID": "13",
    "EVENT_SRC_NAME": "热线",
    "EVENT_PROPERTY_ID": "2",
    "EVENT_PROPERTY_NAME": "投诉",
    "ACHIEVE_STATUS": "intime",
    "ACHIEVE_NAME": "按期办结",
}
needs_sample = pytest.mark.skipif(
    not FILE.exists(), reason=f"the published sample is not at hand ({FILE}); set NINGJULAN_SAMPLE_DATA"
)


def file_of(tmp_path, *changes):
    """Write one row per dictionary of changes; text stands for itself."""
    rows = [",".join((ROW | row).values()) if isinstance(row, dict) else row for row in changes]
    path = tmp_path / "cases.csv"
    path.write_text("\n".join([",".join(ROW), *rows]) + "\n", encoding="utf-8")
    return path
