"""Text → address: exactly after normalisation, else element by element, with a score and its reasons.

Pure and vectorised. Where a text does not decide between dwellings, the building is the answer; where it does
not decide between buildings, there is none.
"""

import polars as pl

from ningjulan.registry.addresses import naming, scoring
from ningjulan.registry.addresses.base import AddressBase, exact_keys
from ningjulan.registry.addresses.cutting import community_written_short, elements
from ningjulan.registry.addresses.normalising import normalised
from ningjulan.registry.addresses.scoring import Verdict

N_BEST = 5
_FOUND = {
    "level": pl.String,
    "row": pl.UInt32,
    "score": pl.Float64,
    "manner": pl.String,
    "decision": pl.String,
}
_IN_ONE_GO = 50_000
_WHOLE_NAME = ["same", "words", "alike", "begins", "left_out"]  # nothing is left that could name another town


def matched(texts: pl.Series, base: AddressBase) -> pl.DataFrame:
    """Find the place of each text.

    Args:
        texts: n addresses as written; null finds nothing.
        base: What there is.

    Returns:
        n rows in their order: `level` (`address`, `building`, `compound`; null if nothing comes near), `row`
        in that table of the base, `score` 0…1, `manner` (`exact`, or how the compound's name was recognised),
        `decision` (see `scoring.Decision`).
    """
    normal = normalised(texts)
    found = _exactly(exact_keys(normal, base.regions), base.exact)
    open_rows = (found["row"].is_null() & normal.is_not_null()).arg_true()
    for start in range(0, len(open_rows), _IN_ONE_GO):
        rows = open_rows.slice(start, _IN_ONE_GO)
        best = _best_of(candidates(normal.gather(rows), base))
        best = pl.DataFrame({"text": pl.Series(range(len(rows)), dtype=pl.UInt32)}).join(
            best, on="text", how="left", maintain_order="left"
        )
        found = found.with_columns(found[name].scatter(rows, best[name]) for name in _FOUND)
    return found.with_columns(
        pl.col("score").fill_null(0.0), pl.col("decision").fill_null(scoring.Decision.NEW.value)
    )


def _exactly(keys: pl.Series, exact: pl.DataFrame) -> pl.DataFrame:
    """Return the place of each key that is a whole text, else nulls."""
    if exact.is_empty():
        return pl.DataFrame(
            {name: pl.repeat(None, len(keys), dtype=dtype, eager=True) for name, dtype in _FOUND.items()}
        )
    at = exact["key"].search_sorted(keys.fill_null("")).clip(upper_bound=len(exact) - 1)
    is_one = exact["key"].gather(at) == keys
    automatic = pl.lit(scoring.Decision.AUTOMATIC.value)
    return exact.select(pl.col("level", "row").gather(at)).select(
        level=pl.when(is_one).then("level"),
        row=pl.when(is_one).then("row"),
        score=pl.when(is_one).then(1.0),
        manner=pl.when(is_one).then(pl.lit("exact")),
        decision=pl.when(is_one).then(automatic),
    )


def candidates(normal: pl.Series, base: AddressBase) -> pl.DataFrame:
    """Return the places that each normalised text may mean, the best first, at most `N_BEST` for each.

    Returns:
        `text` (row of the input), `level`, `row`, `score`, `manner`, the elements said (`name`,
        `community_code`, `number`, `unit`, `floor`, `room`, `behind`), a verdict on each (`v_region` …).
    """
    cut = elements(normal, base.regions).with_row_index("text")
    judged = _judged(_with_rooms(_with_buildings(_with_compounds(cut, base), base), base))
    scored = judged.with_columns(score=scoring.score())
    ranked = scored.sort(["text", "score"], descending=[False, True], maintain_order=True)
    once = ranked.unique(["text", "level", "row"], keep="first", maintain_order=True)
    return once.filter(pl.int_range(pl.len()).over("text") < N_BEST)


def _best_of(ranked: pl.DataFrame) -> pl.DataFrame:
    """Return the first candidate of each text, capped where the second is as good."""
    second = pl.col("score").shift(-1).over("text")
    score = scoring.capped(pl.col("score"), second)
    best = ranked.with_columns(score=score, is_first=pl.int_range(pl.len()).over("text") == 0).filter(
        "is_first"
    )
    return best.select("text", "level", "row", "score", "manner", decision=scoring.decision(pl.col("score")))


def _with_compounds(cut: pl.DataFrame, base: AddressBase) -> pl.DataFrame:
    """Return a row for each compound that a text may mean: `compound`, `is_alias`, `likeness`, `manner`."""
    short = community_written_short(cut["name"], base.regions)
    read = cut.with_columns(name=short["name"], n_community=short["community_code"])
    read = read.filter(pl.col("community_code").is_null() & pl.col("n_community").is_not_null())
    read = read.with_columns(community_code="n_community").drop("n_community")
    readings = pl.concat([cut, read])
    asked = readings["name"].unique().drop_nulls()
    meant = naming.candidates(asked.filter(asked != ""), base.names)
    meant = meant.with_columns(known=pl.Series(base.names.names, dtype=pl.String).gather(meant["place"]))
    compounds = base.compound_names.rename({"name": "known", "community_code": "c_community"})
    named = readings.join(meant.drop("place"), left_on="name", right_on="asked").join(compounds, on="known")
    return pl.concat([named.drop("known"), _without_name(readings, base)], how="diagonal")


def _without_name(readings: pl.DataFrame, base: AddressBase) -> pl.DataFrame:
    """Return the compounds of the community with a building of that number: 新华村121号, no group."""
    nameless = readings.filter((pl.col("name") == "") & pl.col("number").is_not_null())
    found = nameless.join(base.doors.in_community, on=["community_code", "number"])
    nothing_else = {"is_alias": pl.lit(value=False), "is_shared": pl.lit(value=False)}
    return found.with_columns(
        c_community="community_code", likeness=pl.lit(1.0), manner=pl.lit("left_out"), **nothing_else
    )


def _with_buildings(named: pl.DataFrame, base: AddressBase) -> pl.DataFrame:
    """Add `building`: the one of the number said; for a room without one, the only building there is."""
    found = _joined(named, base.doors.numbered, on=["compound", "number"])
    found = _joined(found, base.doors.single, on=["compound"])
    only = pl.when(pl.col("number").is_null() & pl.col("room").is_not_null()).then("only")
    return found.with_columns(building=pl.coalesce("building", only), is_only=only.is_not_null())


def _with_rooms(placed: pl.DataFrame, base: AddressBase) -> pl.DataFrame:
    """Add `address`, where the text decides on one, and what its building has of unit and room."""
    doors = base.doors
    within = pl.col("building").is_in(
        placed["building"].unique().implode()
    )  # a few of many: joins stay small
    once = doors.once.filter(within).rename({"address": "u_address"})
    found = _joined(placed, once, on=["building", "unit", "room"])
    found = _joined(found, doors.rooms.filter(within), on=["building", "room"])
    found = _joined(found, doors.units.filter(within), on=["building", "unit"])
    found = _joined(found, doors.buildings, on=["building"])
    alone = pl.when(pl.col("n_alike") == 1).then("r_address")
    by_room = pl.when(pl.col("unit").is_null() | ~pl.col("has_units")).then(alone)
    found = found.with_columns(address=pl.coalesce("u_address", by_room))
    retired = base.address_elements["is_retired"].gather(found["address"])
    return found.with_columns(retired.alias("is_retired"))


def _joined(frame: pl.DataFrame, other: pl.DataFrame, *, on: list[str]) -> pl.DataFrame:
    return frame.join(other, on=on, how="left", maintain_order="left")


def _judged(found: pl.DataFrame) -> pl.DataFrame:
    """Add `level`, `row` and a verdict on each element."""
    level = (
        pl.when(pl.col("address").is_not_null())
        .then(pl.lit("address"))
        .when(pl.col("building").is_not_null())
        .then(pl.lit("building"))
        .otherwise(pl.lit("compound"))
    )
    near = naming.is_near(found["behind"])
    quiet = naming.unexplained(found["behind"]) == ""
    return found.with_columns(
        level=level,
        row=pl.coalesce("address", "building", "compound"),
        v_region=_verdict(
            (pl.col("is_foreign") & ~pl.col("manner").is_in(_WHOLE_NAME), Verdict.DIFFERS),
            otherwise=Verdict.NONE,
        ),
        v_community=_verdict(
            (pl.col("community_code").is_null(), Verdict.MISSING),
            (pl.col("community_code") == pl.col("c_community"), Verdict.AGREES),
            otherwise=Verdict.DIFFERS,
        ),
        v_compound=_verdict(
            (pl.col("manner").is_in(["same", "words"]), Verdict.AGREES),
            (pl.col("manner") == "left_out", Verdict.MISSING),
            (pl.col("manner").is_in(["near", "part"]), Verdict.DIFFERS),
            otherwise=Verdict.SIMILAR,
        ),
        v_building=_verdict(
            (pl.col("is_only"), Verdict.SIMILAR),
            (pl.col("number").is_null(), Verdict.MISSING),
            (pl.col("building").is_null(), Verdict.UNKNOWN),
            otherwise=Verdict.AGREES,
        ),
        v_unit=_verdict(
            (pl.col("building").is_null(), Verdict.NONE),
            (pl.col("unit").is_null() & pl.col("room").is_not_null() & pl.col("has_units"), Verdict.MISSING),
            (pl.col("unit").is_null(), Verdict.NONE),
            (pl.col("has_unit").is_not_null(), Verdict.AGREES),
            (~pl.col("has_units"), Verdict.SIMILAR),
            otherwise=Verdict.UNKNOWN,
        ),
        v_floor=_verdict(
            (pl.col("floor").is_null(), Verdict.NONE),
            (pl.col("room").is_null(), Verdict.AGREES),
            (pl.col("room").str.head(-2) == pl.col("floor"), Verdict.AGREES),
            otherwise=Verdict.DIFFERS,
        ),
        v_room=_verdict(
            (pl.col("building").is_null(), Verdict.NONE),
            (pl.col("room").is_null(), Verdict.MISSING),
            (
                pl.col("address").is_not_null() | (pl.col("unit").is_null() & (pl.col("n_alike") > 1)),
                Verdict.AGREES,
            ),
            otherwise=Verdict.UNKNOWN,
        ),
        v_words=_verdict((near, Verdict.DIFFERS), (quiet, Verdict.NONE), otherwise=Verdict.UNKNOWN),
    )


def _verdict(*cases: tuple[pl.Expr | pl.Series, Verdict], otherwise: Verdict) -> pl.Expr:
    """Return the verdict of the first case that holds."""
    found = pl.lit(otherwise.value)
    for condition, verdict in reversed(cases):
        found = (
            pl.when(pl.lit(condition) if isinstance(condition, pl.Series) else condition)
            .then(pl.lit(verdict.value))
            .otherwise(found)
        )
    return found
