"""Reads of people and dwellings, masked, of any day and as known at any instant."""

from ningjulan.registry.people.selectors.completeness import completeness, gaps
from ningjulan.registry.people.selectors.dwellings import dwelling_page, residents
from ningjulan.registry.people.selectors.history import list_changes, person_history
from ningjulan.registry.people.selectors.holdings import find_organisations, find_vehicles
from ningjulan.registry.people.selectors.persons import find_people, person_page, person_rows
from ningjulan.registry.people.selectors.stats import stats

__all__ = [
    "completeness",
    "dwelling_page",
    "find_organisations",
    "find_people",
    "find_vehicles",
    "gaps",
    "list_changes",
    "person_history",
    "person_page",
    "person_rows",
    "residents",
    "stats",
]
