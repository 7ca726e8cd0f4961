"""Tables made from the catalogue: what the kernel must know of a class, as a source sends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache

import numpy as np
import polars as pl

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.contracts import DataClass, Item
from ningjulan.catalog.schemas import HINTS
from ningjulan.cleaning import types, units, words
from ningjulan.cleaning.contracts import Crs, Intake, SourceRef
from ningjulan.cleaning.kernel import checks
from ningjulan.cleaning.kernel.compiling import Bytes, Flags
from ningjulan.cleaning.kernel.tokens import REFUSED_FIELD
from ningjulan.cleaning.kernel.words import WordSet, words_of
from ningjulan.cleaning.numbers import identity, organisations, plates
from ningjulan.cleaning.times import HISTORY_BEGINS
from ningjulan.sources.contracts import REFUSED

MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=HISTORY_BEGINS.tzinfo)
_MOST_FIELDS = 60
_LONGEST_KEY = 200  # bytes; a buffer has room for that behind its payload
_ID_KINDS = "CL_ID_TYPE"
_CITIZENS = ("111", "112", "113")  # kinds of document that carry the number of a citizen


@dataclass(frozen=True)
class CodeTable:
    """A closed list: every certain word → number; number → code. The last number stands for none."""

    words: WordSet
    codes: pl.Series  # String, or Boolean

    @property
    def none(self) -> int:
        return len(self.codes) - 1


@dataclass(frozen=True)
class Plan:
    """How the records of a class from a source are recognised.

    items: What is read, by id, in the order of the columns; the number of a field is its place here.
    """

    data_class: DataClass
    items: Mapping[str, Item]
    keys: WordSet
    tenant: Bytes
    crs: Crs
    early_by: int  # microseconds
    late_by: int  # microseconds; -1 in a history
    earliest: int  # microseconds since 1970

    own_codes: Mapping[str, tuple[tuple[str, str], ...]]  # by item, as in `SourceRef`

    @cached_property
    def field_of(self) -> Mapping[str, int]:
        return {name: field for field, name in enumerate(self.items)}

    def codes(self, item: Item) -> CodeTable:
        """Return the table of an item that is a code, or yes or no."""
        if item.code_list is None:
            return _yes_no()
        return _code_table(item.code_list, self.own_codes.get(item.id))

    @cached_property
    def id_kind(self) -> Item | None:
        """The item that says which document a number is of."""
        return next((item for item in self.items.values() if item.code_list == _ID_KINDS), None)

    @cached_property
    def judged_id_kinds(self) -> Flags:
        """For each number of the table of `id_kind`: are its documents judged here?"""
        assert self.id_kind is not None
        codes = self.codes(self.id_kind).codes
        return np.array([code is None or code in _CITIZENS for code in codes])


def plan_of(data_class: DataClass, items: Mapping[str, Item], source: SourceRef) -> Plan | None:
    """Return the plan, or `None` where the class or the source asks for more than the kernel knows."""
    columns = tuple((theirs, ours) for theirs, ours in source.columns.items() if theirs != ours)
    codes = tuple((item, tuple(words.items())) for item, words in source.codes.items())
    is_odd = (
        source.unknown
        or units.quantity_item(data_class) is not None
        or not set(HINTS) <= set(items)
        or {"lon", "lat"} & set(data_class.by_id)
        or {theirs for theirs, _ in columns} & set(items)
        or len(items) + len(columns) > _MOST_FIELDS
        or any(len(theirs.encode()) > _LONGEST_KEY for theirs, _ in columns)
    )
    if is_odd:
        return None
    return _plan(
        data_class, tuple(items.items()), columns, codes, source.tenant_code, source.crs, source.intake
    )


@lru_cache(maxsize=256)
def _plan(
    data_class: DataClass,
    items: tuple[tuple[str, Item], ...],
    columns: tuple[tuple[str, str], ...],
    codes: tuple[tuple[str, tuple[tuple[str, str], ...]], ...],
    tenant_code: str,
    crs: Crs,
    intake: Intake,
) -> Plan:
    field_of = {name: field for field, (name, _) in enumerate(items)}
    keys = field_of | {theirs: field_of[ours] for theirs, ours in columns if ours in field_of}
    is_history = intake is Intake.HISTORY
    return Plan(
        data_class=data_class,
        items=dict(items),
        keys=words_of(
            {name.encode(): field for name, field in keys.items()} | {REFUSED.encode(): REFUSED_FIELD}
        ),
        tenant=np.frombuffer(tenant_code.encode(), dtype=np.uint8).copy(),
        crs=crs,
        early_by=data_class.early_by // MICROSECOND,
        late_by=-1 if is_history else data_class.late_by // MICROSECOND,
        earliest=(HISTORY_BEGINS - _EPOCH) // MICROSECOND,
        own_codes=dict(codes),
    )


@lru_cache(maxsize=1024)
def _code_table(code_list_id: str, own: tuple[tuple[str, str], ...] | None) -> CodeTable:
    """Return the words of a code list, or of the source's own where it has some; see `types`."""
    listed = catalog.code_list(code_list_id)
    if own is None:
        known = types.words_of_list(code_list_id)
        also = [word for code in listed.codes for word in (code.code, code.zh, code.en)]
    else:
        also = [theirs for theirs, _ in own]
        known = dict(zip(words.normalised(also), (ours for _, ours in own), strict=True))
    codes = sorted(set(known.values()))
    number = {code: n for n, code in enumerate(codes)}
    as_written = [*known, *also]
    meant = {
        word: known.get(lower) for word, lower in zip(as_written, words.normalised(as_written), strict=True)
    }
    if own is None:  # a code means itself, whatever it would mean in lower case
        meant |= {code: code for code in listed.by_code if code in number}
    return CodeTable(
        words_of({word.encode(): number[code] for word, code in meant.items() if word and code}),
        pl.Series([*codes, None], dtype=pl.String),
    )


@lru_cache(maxsize=1)
def _yes_no() -> CodeTable:
    yes = {word.encode(): 1 for word in types.TRUE_WORDS}
    no = {word.encode(): 0 for word in types.FALSE_WORDS}
    return CodeTable(words_of(yes | no), pl.Series([False, True, None], dtype=pl.Boolean))


_DIVISIONS = (*identity.PROVINCES, 81, 82, 83, 99)
CHECK_TABLES = checks.tables(_DIVISIONS, identity.PROVINCES, organisations.ALPHABET, plates.PROVINCES)
