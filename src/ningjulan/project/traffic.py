"""Believable traffic of a street: what sensors, cameras and residents would send. Same seed, same traffic.

The rates below are per hour for the whole street and follow the time of day. Fire devices' routine
messages fill up to the wanted number of records a second; they are what a fire platform mostly sends.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Record:
    """One record on its way: from which source, of which class, when it happened, and its items."""

    source: str
    class_id: str
    at: datetime
    items: dict[str, Any]


@dataclass(frozen=True)
class Scenery:
    """The devices and buildings that traffic comes from, one row each, as in the registry's snapshot."""

    cameras: pl.DataFrame  # device_id, lon, lat
    fire: pl.DataFrame  # device_id, building_id
    buildings: pl.DataFrame  # building_id, address_text, lon, lat


@dataclass(frozen=True)
class Report:
    """A kind of report that residents make."""

    weight: float
    category: str
    severity: str
    title: str
    description: str


REPORTS = (
    Report(9, "C09", "1", "机动车占用人行道", "门口人行道停了两辆小车，行人只能走机动车道"),
    Report(7, "C01", "1", "垃圾未及时清运", "垃圾桶旁堆放了多袋垃圾，有异味"),
    Report(6, "C02", "1", "店铺占道经营", "店家把桌椅摆到盲道上，通行不便"),
    Report(6, "C04", "1", "夜间施工噪声", "工地深夜仍有机械作业，影响休息"),
    Report(5, "C05", "2", "路面井盖松动", "车辆经过时井盖响动明显，担心移位"),
    Report(5, "C06", "2", "楼道堆放杂物", "楼梯间堆放纸箱和旧家具，堵住疏散通道"),
    Report(4, "C08", "2", "邻里漏水纠纷", "楼上渗水多次协商未果，请求调解"),
    Report(4, "C13", "1", "路灯不亮", "小区外路灯连续多盏不亮，夜间出行不便"),
    Report(3, "C10", "1", "河面有漂浮物", "河道内有塑料袋和树枝聚集"),
    Report(3, "C11", "1", "垃圾投放点混投", "可回收物与厨余垃圾混放，无人指导"),
    Report(3, "C07", "2", "单元门禁损坏", "单元门锁不上，外人可随意进出"),
    Report(2, "C14", "2", "餐饮店未公示证照", "店内未见食品经营许可证"),
    Report(2, "C16", "1", "群租嫌疑", "一套房内进出人员较多，夜间嘈杂"),
    Report(1, "C17", "4", "道路积水较深", "低洼路段积水没过脚踝，车辆绕行"),
)
SIGHTINGS = (  # AI kinds and their share; vendors come back to the same corners, see `_vendors`
    ("A01", 0.24), ("A05", 0.29), ("A06", 0.16), ("A04", 0.10), ("A16", 0.08), ("A10", 0.04), ("A08", 0.08),
    ("A07", 0.01),
)  # fmt: skip
HOT_CORNERS = 14


def day_shape(at: datetime) -> float:
    """Return how busy the street is at this hour: mean 1 over a day, low at night, peaks at 9 and 18 h."""
    hour = at.astimezone(ZONE).hour + at.astimezone(ZONE).minute / 60
    morning = math.exp(-((hour - 9) ** 2) / 6)
    evening = math.exp(-((hour - 18) ** 2) / 8)
    day = 1 / (1 + math.exp(-(hour - 6.5) * 1.6)) * (1 / (1 + math.exp((hour - 22) * 1.4)))
    return 0.12 + 0.85 * day + 0.75 * morning + 0.75 * evening


class Street:
    """Makes the traffic of one street, slice by slice. Remembers only its dice and its hot corners.

    Args:
        seed: Decides where vendors gather.
        run: Another number gives other traffic on the same street, and other record numbers.
    """

    def __init__(self, scenery: Scenery, seed: int, run: int = 0) -> None:
        self.scenery = scenery
        self.random = np.random.default_rng([seed, run])
        n = min(HOT_CORNERS, scenery.cameras.height)
        self.corners = np.random.default_rng(seed).choice(scenery.cameras.height, n, replace=False)

    def slice(self, start: datetime, seconds: float, rate: float) -> list[Record]:
        """Return the records of `seconds` from `start`, in order of time.

        Args:
            start: Aware instant.
            seconds: Length of the slice.
            rate: Records a second to reach with routine messages; what happens on the street comes on top.
        """
        hours = seconds / 3600 * day_shape(start)
        kinds: tuple[tuple[float, Callable[[datetime], Iterator[Record]]], ...] = (
            (0.7 * seconds / 3600, self._fire),  # fire does not keep office hours
            (2.0 * seconds / 3600, self._fault),
            (9 * hours, self._resident),
            (4 * hours, self._hotline),
            (70 * hours, self._sighting),
            (9 * hours, self._vendors),
            (rate * seconds, self._routine),
        )
        records: list[Record] = []
        for expected, make in kinds:
            for offset in self.random.uniform(0, seconds, self.random.poisson(expected)):
                records.extend(make(start + timedelta(seconds=float(offset))))
        return sorted(records, key=lambda record: record.at)

    def alarm(self, at: datetime, building: str | None = None) -> Record:
        """Return a fire alarm of some device, in `building` when given."""
        fire = self.scenery.fire
        devices = fire if building is None else fire.filter(pl.col("building_id") == building)
        (device,) = self._pick(devices if devices.height else fire, "device_id")
        return self._fire_message(device, at, "FIRE", 0b10)

    def _fire(self, at: datetime) -> Iterator[Record]:
        """A detector goes off; one time in eight a second one of the building follows; then all is reset."""
        device, building = self._pick(self.scenery.fire, "device_id", "building_id")
        yield self._fire_message(device, at, "FIRE", 0b10)
        neighbours = self.scenery.fire.filter(
            (pl.col("building_id") == building) & (pl.col("device_id") != device)
        )["device_id"]
        if neighbours.len() and self.random.random() < 0.125:
            other = neighbours[int(self.random.integers(neighbours.len()))]
            yield self._fire_message(
                other, at + timedelta(seconds=float(self.random.uniform(15, 80))), "FIRE", 0b10
            )
        yield self._fire_message(
            device, at + timedelta(minutes=float(self.random.uniform(3, 15))), "NORMAL", 0
        )

    def _fault(self, at: datetime) -> Iterator[Record]:
        (device,) = self._pick(self.scenery.fire, "device_id")
        yield self._fire_message(device, at, "FAULT", 0b100)

    def _routine(self, at: datetime) -> Iterator[Record]:
        (device,) = self._pick(self.scenery.fire, "device_id")
        kind, bits = ("TEST", 1) if self.random.random() < 0.01 else ("NORMAL", 0)
        yield self._fire_message(device, at, kind, bits)

    def _fire_message(self, device: str, at: datetime, kind: str, bits: int) -> Record:
        items = {
            "msg_id": self._id(),
            "facility_id": device,
            "status_bits": bits,
            "event_time": at.isoformat(timespec="seconds"),
            "alarm_kind": kind,
            "type_flag": 2,
        }
        return Record("town_iot", "IOT12", at, items)

    def _sighting(self, at: datetime) -> Iterator[Record]:
        codes, weights = zip(*SIGHTINGS, strict=True)
        (camera,) = self._pick(self.scenery.cameras, "device_id")
        yield self._video(camera, at, str(self.random.choice(codes, p=weights)))

    def _vendors(self, at: datetime) -> Iterator[Record]:
        row = int(self.corners[int(self.random.integers(len(self.corners)))])
        yield self._video(self.scenery.cameras["device_id"][row], at, "A02")

    def _video(self, camera: str, at: datetime, code: str) -> Record:
        items = {
            "event_id": self._id(),
            "device_id": camera,
            "algo_code": code,
            "occur_time": at.isoformat(timespec="milliseconds"),
            "confidence": round(float(self.random.beta(9, 2)), 4),
            "algo_version": "sim-1",
            "dwell_seconds": int(self.random.gamma(3.0, 120)),
        }
        return Record("town_video", "IOT03", at, items)

    def _resident(self, at: datetime) -> Iterator[Record]:
        yield self._report("resident_reports", "04", at)

    def _hotline(self, at: datetime) -> Iterator[Record]:
        yield self._report("hotline_12345", "05", at)

    def _report(self, source: str, channel: str, at: datetime) -> Record:
        weights = np.array([report.weight for report in REPORTS])
        report = REPORTS[int(self.random.choice(len(REPORTS), p=weights / weights.sum()))]
        lon, lat = self._pick(self.scenery.buildings, "lon", "lat")
        items = {
            "event_no": f"{at.astimezone(ZONE):%Y%m%d}013{int(self.random.integers(10**9)):09d}",
            "category_code": report.category,
            "source_channel": channel,
            "report_time": at.isoformat(timespec="seconds"),
            "location": {"lon": round(lon, 6), "lat": round(lat, 6)},
            "severity": report.severity,
            "title": report.title,
            "description": report.description,
        }
        return Record(source, "BIZ16", at, items)

    def _pick(self, frame: pl.DataFrame, *columns: str) -> tuple[Any, ...]:
        row = int(self.random.integers(frame.height))
        return tuple(frame[column][row] for column in columns)

    def _id(self) -> str:
        return self.random.bytes(16).hex()
