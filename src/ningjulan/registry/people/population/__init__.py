"""People who do not exist, for a town that does not: made from its addresses and its seed."""

from ningjulan.registry.people.population.export import (
    PopulationMeta,
    build,
    file_of,
    read_population,
)
from ningjulan.registry.people.population.generator import generate

__all__ = ["PopulationMeta", "build", "file_of", "generate", "read_population"]
