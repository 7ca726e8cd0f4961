"""A file of civic cases in the published shape, with invented rows, for where the sample is not at hand."""

import random
from pathlib import Path

import polars as pl

COMMUNITIES = [(101, 10013), (101, 10014), (104, 10007), (104, 10012), (105, 10019), (105, 10022)]
KINDS = [(5, 181, 806), (6, 186, 665), (3, 138, 482), (7, 27, 234), (11, 1024, 1028)]
CHANNELS = [13, 102, 103, 104]


def write(path: Path, n_rows: int, seed: int = 7) -> Path:
    """Write `n_rows` rows; one in ten is late, one in a hundred has a code that no map knows."""
    dice = random.Random(seed)
    rows = []
    for number in range(1, n_rows + 1):
        street, community = dice.choice(COMMUNITIES)
        kind, main, sub = dice.choice(KINDS)
        late = dice.random() < 0.1
        rows.append(
            {
                "rec_id": str(number),
                "create_time": f"2018-{dice.randint(2, 10):02d}-{dice.randint(1, 28):02d}",
                "STREET_ID": str(street),
                "STREET_NAME": f"街道{street}",
                "COMMUNITY_ID": str(community),
                "COMMUNITY_NAME": f"社区{community}",
                "long": "0.0",
                "lat": "0.0",
                "EVENT_TYPE_ID": str(kind if dice.random() > 0.01 else 9999),
                "EVENT_TYPE_NAME": f"类{kind}",
                "MAIN_TYPE_ID": str(main if kind else 0),
                "MAIN_TYPE_NAME": f"大类{main}",
                "SUB_TYPE_ID": str(sub),
                "SUB_TYPE_NAME": f"小类{sub}",
                "DISPOSE_UNIT_ID": str(600 + dice.randrange(9)),
                "DISPOSE_UNIT_NAME": "处置单位",
                "EVENT_SRC_ID": str(dice.choice(CHANNELS)),
                "EVENT_SRC_NAME": "渠道",
                "EVENT_PROPERTY_ID": "2",
                "EVENT_PROPERTY_NAME": "投诉",
                "ACHIEVE_STATUS": "overtime" if late else "intime",
                "ACHIEVE_NAME": "逾期办结" if late else "按期办结",
            }
        )
    pl.DataFrame(rows).write_csv(path)
    return path
