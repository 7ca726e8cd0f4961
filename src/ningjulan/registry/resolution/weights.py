"""What agreement is worth: the weights of Fellegi and Sunter, learned once and kept as a small file.

For each level of each field, `m` is how often the records of one person show it, `u` how often those of two
different people do; log2(m/u) is its weight in bits. One bit more doubles the odds that it is one person.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ningjulan.registry.resolution.comparing import FIELDS

FILE = Path(__file__).with_name("weights.json")
_LEAST = 1e-6  # no level is impossible: one that was never seen while learning weighs much, not everything


@dataclass(frozen=True)
class Weights:
    """Per field the shares of its levels, among pairs of one person (`m`) and of two (`u`).

    prior_bits: log2 of the odds that a pair taken at random is one person.
    """

    m: Mapping[str, npt.NDArray[np.float64]]
    u: Mapping[str, npt.NDArray[np.float64]]
    prior_bits: float

    def bits(self, field: str) -> npt.NDArray[np.float64]:
        """Return the weight of each level of a field; the last is that of `MISSING`, which says nothing.

        More agreement never weighs less than less of it, whatever the pairs learned from were like.
        """
        shares = np.log2(np.maximum(self.m[field], _LEAST) / np.maximum(self.u[field], _LEAST))
        return np.append(np.maximum.accumulate(shares), 0.0)  # index -1 is MISSING

    def as_json(self) -> dict[str, Any]:
        fields = {
            field.name: {
                level.code: {"m": float(f"{m:.3g}"), "u": float(f"{u:.3g}")}
                for level, m, u in zip(field.levels, self.m[field.name], self.u[field.name], strict=True)
            }
            for field in FIELDS
        }
        return {"prior_bits": round(self.prior_bits, 2), "fields": fields}


def from_json(document: Mapping[str, Any]) -> Weights:
    """Return weights as `Weights.as_json` wrote them.

    Raises:
        KeyError: A field or level is missing.
    """

    def shares(which: str) -> dict[str, npt.NDArray[np.float64]]:
        return {
            field.name: np.array(
                [document["fields"][field.name][level.code][which] for level in field.levels]
            )
            for field in FIELDS
        }

    return Weights(shares("m"), shares("u"), float(document["prior_bits"]))


@lru_cache(maxsize=1)
def in_force() -> Weights:
    """Return the weights that came with the platform (`weights.json`; `ningjulan registry learn-weights`)."""
    return from_json(json.loads(FILE.read_text(encoding="utf-8")))
