"""The job as SQL in DuckDB. `python -m bench.peers.duckdb_sql JOB OUT`

Two things are not SQL: a line that is not UTF-8 has to be found before DuckDB sees it, and the grid around a
point is asked of shapely, as the spatial extension is no part of the wheel.
"""

import sys
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import shapely

from bench.job import ALERTS, CHECK_DIGITS, LAYOUTS, WEIGHTS, Job, Layout
from bench.measuring import Watch, to_disk

FULL = "".join(chr(code + 0xFEE0) for code in range(0x21, 0x7F)) + "\u3000"
HALF = "".join(chr(code) for code in range(0x21, 0x7F)) + " "

MACROS = f"""
create macro repaired(s) as nullif(trim(translate(replace(replace(s, '\u200b', ''), '\ufeff', ''),
    '{FULL}', $half${HALF}$half$), E' \\t'), '');
create macro at_ms(s) as case
    when regexp_full_match(s, '[0-9]{{13}}') then s::bigint
    when regexp_full_match(s, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}} [0-9:]{{8}}')
        then epoch_ms(try_cast(s || '+08:00' as timestamptz))
    when regexp_full_match(s, '[0-9]{{4}}年[0-9]+月[0-9]+日[0-9]+时[0-9]+分')
        then epoch_ms(try_strptime(s, '%Y年%-m月%-d日%-H时%-M分')) - 28800000
    when s like '____-__-__T%' then epoch_ms(try_cast(s as timestamptz)) end;
create macro has_check_digit(s) as coalesce(regexp_full_match(s, '[0-9]{{17}}[0-9X]')
    and substr('{CHECK_DIGITS}', list_dot_product([try_cast(d as double) for d in string_split(s[1:17], '')],
        {[float(w) for w in WEIGHTS]})::bigint % 11 + 1, 1) = s[18], false);
create macro match_of(s) as replace(regexp_replace(replace(s, ' ', ''),
    '^(浙江省)?(杭州市)?(萧山区)?(宁围街道)?', ''), '栋', '幢');
"""
JUDGED = """
create or replace temp table judged as
with fields as (
    select line, raw, json, repaired(json->>'{key}') as record_key, repaired(json->>'{device}') as device_id,
        lower(repaired(json->>'{code}')) as word, repaired(json->>'{at}') as at_text,
        repaired(json->>'{number}') as number, repaired(json->>'address_text') as address,
        upper(repaired(json->>'{id_no}')) as id_no, try_cast(json->>'dwell_seconds' as bigint) as dwell,
        try_cast(json->>'lon' as double) as lon, try_cast(json->>'lat' as double) as lat
    from (select *, case when json_valid(text) and text like '{{%' then text::json end as json from lines)
), typed as (
    select fields.*, at_ms(at_text) as at_ms, try_cast(number as {number_type}) as value, codes.code
    from fields left join codes on codes.class_id = '{class_id}' and codes.word = fields.word
)
select *, case when json is null then 'unreadable'
    when record_key is null or device_id is null or word is null or at_text is null then 'missing_item'
    when number is not null and value is null then 'wrong_type'
    when value not between 0 and {number_max} then 'out_of_range'
    when at_ms is null then 'bad_time'
    when at_ms > {latest} then 'time_in_future'
    when at_ms < {earliest} then 'time_too_old'
    when code is null then 'unknown_code'
    when id_no is not null and not has_check_digit(id_no) then 'bad_id_check_digit' end as reason
from typed
"""
ACCEPTED = """
copy (
    with first as (
        select *, row_number() over (partition by record_key order by line) as n
        from judged where reason is null
    ), points as (
        select * from first where n = 1
    )
    select '{class_id}' as class_id, record_key, at_ms, p.device_id, p.code,
        coalesce(d.grid_code, nullif(grid_at(p.lon, p.lat), ''), a.grid_code) as grid_code,
        coalesce(d.building_id, a.building_id) as building_id, w.person_id,
        case {alerts} end as alert
    from points p
    left join '{refs}/devices.parquet' d on d.device_id = p.device_id
    left join '{refs}/addresses.parquet' a on a.match = match_of(p.address)
    left join '{refs}/persons.parquet' w on w.id_no = p.id_no
) to '{out}/accepted-{class_id}.parquet' (format parquet)
"""
REJECTED = """
copy (select '{class_id}' as class_id, reason, raw from judged where reason is not null)
to '{out}/rejected-{class_id}.parquet' (format parquet)
"""


def main(job: Job, out: Path) -> None:
    received_ms = job.manifest().received_ms
    con = duckdb.connect()
    con.execute("set threads = 2; set TimeZone = 'UTC'")
    con.execute(MACROS)
    codes = [(layout.class_id, word, code) for layout in LAYOUTS for word, code in job.codes(layout).items()]
    con.execute("create temp table codes (class_id varchar, word varchar, code varchar)")
    con.executemany("insert into codes values (?, ?, ?)", codes)
    con.create_function(
        "grid_at", _grid_finder(job), ["DOUBLE", "DOUBLE"], "VARCHAR", type="arrow", null_handling="special"
    )
    with Watch() as watch:
        for layout in LAYOUTS:
            facts = _facts(job, layout, received_ms, out)
            lines = _lines(job.input(layout))
            con.register("lines", lines)
            con.execute(JUDGED.format(**facts))
            con.execute(ACCEPTED.format(**facts))
            con.execute(REJECTED.format(**facts))
        to_disk(*out.glob("*.parquet"))
    watch.measured().print()


def _facts(job: Job, layout: Layout, received_ms: int, out: Path) -> dict[str, object]:
    return {
        **{name: getattr(layout, name) for name in ("class_id", "key", "device", "code", "at", "number")},
        "number_type": "bigint" if layout.is_whole else "double",
        "number_max": layout.number_max,
        "id_no": layout.id_no or "id_no",
        "alerts": _alerts(layout),
        "latest": received_ms + layout.early_ms,
        "earliest": received_ms - layout.late_ms,
        "refs": job.refs,
        "out": out,
    }


def _alerts(layout: Layout) -> str:
    """Return the thresholds of a class as the cases of one expression."""
    cases = (
        f"when p.code = '{rule.code}' and coalesce(value, 0) >= {rule.min_number} "
        f"and coalesce(dwell, 0) >= {rule.min_dwell_s} then '{rule.alert}'"
        for rule in ALERTS
        if rule.class_id == layout.class_id
    )
    return " ".join(cases) or "when false then ''"


def _lines(path: Path) -> pa.Table:
    raw = path.read_bytes().splitlines()
    return pa.table(
        {"line": range(len(raw)), "raw": pa.array(raw, pa.binary()), "text": [_text(line) for line in raw]}
    )


def _text(line: bytes) -> str | None:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return None


def _grid_finder(job: Job):  # type: ignore[no-untyped-def]  # DuckDB looks at no annotations
    grids = job.grids()
    codes = np.array([*grids, ""], dtype=object)
    tree = shapely.STRtree([shapely.Polygon(ring) for ring in grids.values()])

    def grid_at(lons, lats):  # type: ignore[no-untyped-def]
        lon, lat = (np.asarray(column, dtype=float) for column in (lons, lats))
        found = np.full(len(lon), len(grids))
        rows = np.flatnonzero(~np.isnan(lon))
        points, hits = tree.query(shapely.points(lon[rows], lat[rows]), predicate="intersects")
        found[rows[points[::-1]]] = hits[::-1]
        return pa.array(codes[found], pa.string())

    return grid_at


if __name__ == "__main__":
    main(Job(Path(sys.argv[1])), Path(sys.argv[2]))
