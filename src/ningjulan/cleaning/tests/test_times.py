"""Times in whatever form they come."""

from datetime import UTC, datetime

import polars as pl
import pytest

from ningjulan.cleaning.times import parsed

HALF_PAST_FOUR = datetime(2018, 2, 8, 4, 30, tzinfo=UTC)  # 12:30 in Shanghai
MIDNIGHT = datetime(2018, 2, 7, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2018-02-08T12:30:00+08:00",
        "2018-02-08T04:30:00Z",
        "2018-02-08 04:30:00.000Z",
        "2018-02-08T12:30:00",
        "2018-02-08 12:30:00",
        "2018-02-08T12:30:00+0800",
        "2018/2/8 12:30",
        "2018.2.8 12:30:00",
        "2018年2月8日12时30分",
        "2018年02月08日 12:30:00",
        "2018年2月8日12时30分0秒",
        "20180208123000",
        "201802081230",
        "20180208T123000+08:00",
        "20180208123000000",
        "1518064200",
        "1518064200.0",
        "1518064200000",
    ],
)
def test_one_instant_in_many_spellings(written):
    times = parsed(pl.Series([written, None]))

    assert times.at.to_list() == [HALF_PAST_FOUR, None]
    assert times.day_only.to_list() == [False, False]


@pytest.mark.parametrize("written", ["2018-02-08", "2018/2/8", "2018年2月8日", "20180208"])
def test_a_date_alone_is_its_first_moment_and_says_so(written):
    times = parsed(pl.Series([written]))

    assert (times.at.to_list(), times.day_only.to_list()) == ([MIDNIGHT], [True])


@pytest.mark.parametrize(
    "written",
    [
        "",
        "soon",
        "2018-13-01",
        "2018-02-30",
        "2018-02-08 25:00",
        "12:30",
        "8/2/2018",
        "99999",
        "٢٠١٨-٠٢-٠٨",
        "-1",
    ],
)
def test_what_is_no_time_is_null(written):
    assert parsed(pl.Series([written, "2018-02-08"])).at.to_list() == [None, MIDNIGHT]


def test_fractions_reach_the_microsecond():
    assert parsed(pl.Series(["2018-02-08 12:30:00.1234567"])).at[0].microsecond == 123456


def test_a_zone_west_of_greenwich():
    assert parsed(pl.Series(["2018-02-07T23:00:00-05:30"])).at.to_list() == [HALF_PAST_FOUR]


@pytest.mark.parametrize("rest", ["soon", "2018年2月8日"])
def test_the_short_way_and_the_long_way_agree(rest):
    written = ["2018-02-08 12:30:00.5", "1986-05-04 00:30:00", "2018-02-30 12:00:00", "2018-02-08 12:30:00"]

    short, long = parsed(pl.Series(written)), parsed(pl.Series([*written, rest]))

    assert short.at.to_list() == long.at.to_list()[:-1]
