"""The sample counted a second time, by plain Polars without the pipeline: what screens must show."""

import os
import tomllib
from pathlib import Path
from typing import Any

import polars as pl

SAMPLE = Path(os.environ.get("NINGJULAN_SAMPLE_DATA", Path(__file__).parents[5] / "../shared/data"))
FILE = SAMPLE / "pingshan_events" / "dev_to_2018-10.csv"
CODES = tomllib.loads((Path(__file__).parents[1] / "codes.toml").read_text(encoding="utf-8"))


def expected_figures(path: Path = FILE) -> dict[str, Any]:
    """Return the figures of the published file.

    Returns:
        `total`, `settled`, `on_time`, `late`, and for each of `by_category`, `by_subcategory`,
        `by_community`, `by_month`, `by_channel`, `by_unit`, `placement`: key → (n, on_time, late). Units and
        subcategories by name, the others by our code; a row without a value is left out of that dimension.
    """
    rows = pl.read_csv(path, infer_schema_length=0)
    unit_names = {
        unit: min(names, key=lambda name: (-names.count(name), len(name), name))
        for unit, names in _grouped(rows, "DISPOSE_UNIT_ID", "DISPOSE_UNIT_NAME").items()
    }
    lon = pl.col("long").cast(pl.Float64)
    plausible = (lon > 114) & (lon < 115)  # 0.0 is unknown; the one point at 113.8 is 50 km off
    codes = CODES["category_code"]
    rows = rows.with_columns(
        category=pl.struct("MAIN_TYPE_ID", "EVENT_TYPE_ID").map_elements(
            lambda r: codes.get(f"main:{r['MAIN_TYPE_ID']}") or codes[f"type:{r['EVENT_TYPE_ID']}"],
            return_dtype=pl.String,
        ),
        subcategory=pl.col("SUB_TYPE_NAME"),
        community=pl.when(pl.col("COMMUNITY_ID") != "-").then(
            pl.lit("440310") + pl.col("STREET_ID") + pl.col("COMMUNITY_ID").str.slice(-3)
        ),
        month=pl.col("create_time").str.slice(0, 7),
        channel=pl.col("EVENT_SRC_ID").replace_strict(CODES["source_channel"]),
        unit=pl.when(pl.col("DISPOSE_UNIT_ID") != "-").then(pl.col("DISPOSE_UNIT_ID").replace(unit_names)),
        placement=pl.when(pl.col("COMMUNITY_ID") == "-")
        .then(pl.lit("none"))
        .when(plausible)
        .then(pl.lit("community_point"))
        .otherwise(pl.lit("community")),
        on_time=pl.col("ACHIEVE_STATUS") == "intime",
        late=pl.col("ACHIEVE_STATUS") == "overtime",
    )
    return {
        "total": rows.height,
        "settled": int((rows["on_time"] | rows["late"]).sum()),
        "on_time": int(rows["on_time"].sum()),
        "late": int(rows["late"].sum()),
        **{f"by_{key}": _counted(rows, key) for key in ("category", "subcategory", "community", "month")},
        **{f"by_{key}": _counted(rows, key) for key in ("channel", "unit")},
        "placement": _counted(rows, "placement"),
    }


def _grouped(rows: pl.DataFrame, key: str, value: str) -> dict[str, list[str]]:
    return dict(rows.group_by(key).agg(value).iter_rows())


def _counted(rows: pl.DataFrame, key: str) -> dict[str, tuple[int, int, int]]:
    grouped = rows.drop_nulls(key).group_by(key).agg(pl.len(), pl.col("on_time").sum(), pl.col("late").sum())
    return {code: (n, on_time, late) for code, n, on_time, late in grouped.iter_rows()}
