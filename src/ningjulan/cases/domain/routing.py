"""Which kind of unit usually handles a category: the suggestion a clerk sees when no scenario names one.

A proposal of this product, after the usual division of work; the clerk decides. Kinds are the registry's.
"""

from collections.abc import Mapping

UNIT_KIND_OF_CATEGORY: Mapping[str, str] = {
    "C01": "sanitation",
    "C02": "enforcement",
    "C03": "enforcement",
    "C04": "enforcement",
    "C05": "command_centre",
    "C06": "micro_fire_station",
    "C07": "police",
    "C08": "justice",
    "C09": "traffic_police",
    "C10": "water",
    "C11": "property",
    "C12": "health",
    "C13": "community",
    "C14": "market_supervision",
    "C15": "emergency",
    "C16": "tenancy",
    "C17": "emergency",
    "C99": "command_centre",
}
