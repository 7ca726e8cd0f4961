"""People for the tests of matching. Nobody exists."""

from datetime import date

import polars as pl

from ningjulan.registry.resolution.comparing import KEYS
from ningjulan.registry.resolution.matching import prepared, with_shares


def person(**changes):
    """Return the values compared of one person, all stated but the number of identity."""
    stated = {
        "name": "王秀英",
        "sex": "2",
        "birth_date": date(1956, 3, 4),
        "id_no": None,
        "phone": b"00011112222",
        "address_id": "A1",
        "building_id": "B1",
        "area_code": "330109013001001",
    }
    return stated | changes


def incoming(*people):
    rows = [row | {"row_no": n} for n, row in enumerate(people)]
    return prepared(pl.DataFrame(rows, schema={"row_no": pl.UInt32(), **KEYS}))


def registered(*people):
    rows = [row | {"person_id": f"P{n}"} for n, row in enumerate(people)]
    return with_shares(prepared(pl.DataFrame(rows, schema={"person_id": pl.String(), **KEYS})))
