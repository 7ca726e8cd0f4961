"""Records as systems write them: right ones, wrong ones, oddly spelled ones, and bytes nobody meant."""

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.contracts import Item
from ningjulan.catalog.samples import TENANT as SAMPLE_TENANT
from ningjulan.cleaning.contracts import Crs, Intake, Part, SourceRef
from ningjulan.cleaning.tests.samples import NOW, TENANT

LOCAL = timedelta(hours=8)
FULL = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
ODD_VALUES = (
    *(
        "",
        " ",
        "-",
        "\u200b",
        "\x00",
        "0",
        "-0",
        "+1",
        ".5",
        "5.",
        "1e3",
        "01",
        "1.50",
        "9" * 18,
        "9" * 30,
        "N/A",
    ),
    *(
        "true",
        "是",
        "Ｎ",
        "[1]",
        '{"a":1}',
        "0,0",
        "120.15,30.15",
        "30.15,120.15",
        "120.15, 30.15",
        "POINT(120 30)",
    ),
    *(
        "2026-02-31",
        "2026-11-25",
        "20261125",
        "20261125101112",
        "1795573200",
        "1795573200123",
        "1795573200.5",
    ),
    *("2026-11-25T10:20:30.123456789+08:00", "2026-11-25 10:20:30.5", "2026-11-25T02:20Z", "2026/11/5 9:05"),
    *(
        "2026年11月5日9时",
        "2026年11月5日9时5分",
        "2026年11月5日 9点05分7秒",
        "2026-11-25T24:00:00",
        "2026-11-25 10:20:60",
    ),
    *("1988-07-01 12:00:00", "1940-06-01", "1949-05-28", "1985-12-31", "1991-09-15 01:30:00", "1986-05-04"),
    *("2026-11-25T10:20:30+0800", "2026-11-25T10:20:30-23:30", "2026.11.25", "2026-11-25 10:20:30 +08:00"),
    *(
        "浙A12345",
        "浙AD12345",
        "浙A·12345",
        "无牌",
        "0571-88888888",
        "13800138000",
        "+8613800138000",
        "１３８００１３８０００",
    ),
    *(
        "330109013",
        "330109013002",
        "330109013002001",
        "330106",
        "12 kPa",
        "50%",
        "ſ",
        "K",
        "é",
        "\ud7ff",
        "𠮷野",
        "A B",
    ),
    *(
        0,
        1,
        -1,
        1.0,
        0.5,
        1.25,
        120.1,
        30.1,
        1e5,
        1e-7,
        10**14,
        10**15,
        2**53 + 1,
        10**17,
        10**20,
        123456789.123456789,
    ),
    *(
        True,
        False,
        None,
        [],
        [[0.1, 0.2]],
        {},
        {"lon": 120.1, "lat": 30.1},
        {"lat": 30.1, "lon": 120.15},
        {"lon": 1},
    ),
    *(
        {"lng": 120.1, "lat": 30.1},
        {"lon": "120.1", "lat": "30.1"},
        {"a": {"b": 1}},
        1795573200,
        1795573200123,
    ),
)
SOURCES = (
    SourceRef("plain", TENANT),
    SourceRef("sample", SAMPLE_TENANT),
    SourceRef("sample_archive", SAMPLE_TENANT, intake=Intake.HISTORY),
    SourceRef("archive", TENANT, intake=Intake.HISTORY),
    SourceRef("map", TENANT, crs=Crs.GCJ02),
    SourceRef("other_map", TENANT, crs=Crs.BD09),
    SourceRef("silent", TENANT, unknown=frozenset({"-", "N/A"})),
    SourceRef(
        "other_words",
        TENANT,
        columns={"设备": "device_id", "theirs": "facility_id", "when": "event_time"},
        codes={"alarm_kind": {"Feuer": "FIRE", "1": "FAULT", "FIRE": "TEST"}},
    ),
)


def parts(class_id: str, dice: random.Random) -> list[Part]:
    """Return a few parts that came at different moments."""
    lines = records(class_id, dice)
    found: list[Part] = []
    while lines:
        size = dice.randint(1, len(lines))
        payload = b"\n".join(line.replace(b"\n", b" ") for line in lines[:size])
        found.append(Part(payload, NOW + timedelta(hours=dice.choice((0, 0, 0, -3, 30)))))
        lines = lines[size:]
    return found


def records(class_id: str, dice: random.Random) -> list[bytes]:
    """Return some lines of a class: most of them nearly right."""
    seed = dice.randrange(1000)
    right = catalog.clean_samples(class_id, 6, now=NOW, seed=seed)
    wrong = [dirty.record for dirty in catalog.dirty_samples(class_id, now=NOW, seed=seed)]
    chosen = [*right, *right, *dice.choices(wrong, k=2)]
    dice.shuffle(chosen)
    return [_written(class_id, _respelled(class_id, record, dice), dice) for record in chosen]


def _respelled(class_id: str, record: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """Return the record with some items spelled otherwise, missing, added or replaced."""
    items = catalog.get_class(class_id).by_id
    record = dict(record)
    if dice.random() < 0.2:
        return record
    for name in [name for name in record if dice.random() < 0.1]:
        record[name] = dice.choice(_SPELLINGS)(record[name], items.get(name), dice)
    if dice.random() < 0.3:
        record |= {
            "lon": dice.choice((120.15, "120.15", 120, 30.15)),
            "lat": dice.choice((30.15, "30.15", 120.15)),
        }
    if dice.random() < 0.15:
        name = dice.choice(
            [*items, "area_code", "community_name", "address_text", "source_text", "lon", "x", "_refused"]
        )
        record[name] = dice.choice(ODD_VALUES)
    if dice.random() < 0.2:
        record |= {
            "address_text": dice.choice(
                ("试验路1号1幢", " 宁围街道试验路1号2栋3单元", "试验路１号１幢", "重名苑3幢")
            )
        }
    if dice.random() < 0.1 and record:
        del record[dice.choice(list(record))]
    return record


def _as_moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return NOW
    return moment if moment.tzinfo else (moment - LOCAL).replace(tzinfo=UTC)


def _otherwise_timed(value: Any, item: Item | None, dice: random.Random) -> Any:
    if item is None or item.type.kind not in ("date", "datetime"):
        return value
    moment = _as_moment(value)
    local = moment.astimezone(UTC).replace(tzinfo=None) + LOCAL
    return dice.choice(
        (
            moment.isoformat().replace("+00:00", "Z"),
            f"{local:%Y-%m-%d %H:%M:%S}",
            f"{local:%Y/%m/%d %H:%M}",
            f"{local.year}年{local.month}月{local.day}日{local.hour}时{local.minute}分",
            f"{local:%Y%m%d%H%M%S}",
            f"{local:%Y-%m-%d}",
            int(moment.timestamp()),
            int(moment.timestamp() * 1000),
            str(int(moment.timestamp() * 1000)),
            f"{local:%Y-%m-%d %H:%M:%S}.{dice.randrange(10**4)}",
        )
    )


def _labelled(value: Any, item: Item | None, _: random.Random) -> Any:
    if item is None or item.code_list is None:
        return value
    known = catalog.code_list(item.code_list).by_code.get(str(value))
    return known.zh if known else value


_SPELLINGS: tuple[Callable[[Any, Item | None, random.Random], Any], ...] = (
    lambda value, _, dice: str(value),
    lambda value, _, dice: str(value).translate(FULL),
    lambda value, _, dice: f" {value}\t",
    lambda value, _, dice: f"\u200b{value}\u3000",
    lambda value, _, dice: str(value).lower(),
    lambda value, _, dice: str(value).upper(),
    lambda value, _, dice: " ".join(str(value)),
    lambda value, _, dice: dice.choice(ODD_VALUES),
    lambda value, _, dice: None,
    _labelled,
    _labelled,
    _otherwise_timed,
    _otherwise_timed,
    _otherwise_timed,
)


def _written(class_id: str, record: dict[str, Any], dice: random.Random) -> bytes:
    names = {"device_id": "设备", "facility_id": "theirs", "event_time": "when"}
    if dice.random() < 0.2:
        record = {names.get(name, name): value for name, value in record.items()}
    pairs = list(record.items())
    if dice.random() < 0.2:
        dice.shuffle(pairs)
    text = json.dumps(
        dict(pairs),
        ensure_ascii=dice.random() < 0.3,
        separators=dice.choice(((",", ":"), (", ", ": "), (" , ", "\t:\r"))),
    )
    if dice.random() < 0.03:
        text = text[:-1] + f',"{dice.choice(list(record) or ["x"])}":{dice.choice(("null", "1", "{}"))}' + "}"
    line = text.encode("utf-8", "surrogatepass")
    return _spoilt(line, dice) if dice.random() < 0.15 else line


def _spoilt(line: bytes, dice: random.Random) -> bytes:
    """Return the line with a few bytes changed, lost or doubled."""
    damaged = bytearray(line)
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(damaged) + 1)
        chance = dice.random()
        if chance < 0.4:
            damaged[at : at + 1] = bytes(
                [dice.choice((*b'"\\{}[],:0-e. u', 0xFF, 0xE4, 0xC2, 0xED, dice.randrange(256)))]
            )
        elif chance < 0.7:
            del damaged[at : at + dice.randint(1, 3)]
        else:
            damaged[at:at] = damaged[at : at + dice.randint(1, 6)]
    return bytes(damaged)
