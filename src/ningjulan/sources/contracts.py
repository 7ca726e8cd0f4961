"""What others may know of sources: places and units that come with files, rows that could not be read."""

from dataclasses import dataclass

REFUSED = "_refused"
"""Field of a line that stands for a file's row nobody could read: `{"_refused": reason, "raw": text}`."""

REFUSED_REASONS = ("row_broken", "not_utf8")


@dataclass(frozen=True)
class AreaDraft:
    """An area of a source's tenant. `lon`, `lat` (CGCS2000) only where the point can be trusted."""

    code: str
    name: str
    level: str  # district, street, community
    parent_code: str | None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class UnitDraft:
    """A handling unit. `spellings`: every way the source writes its name, the chosen one first."""

    code: str
    name: str
    kind: str  # community, street, district, company
    area_code: str
    spellings: tuple[str, ...] = ()
