"""The demo town: a synthetic sub-district made from one seed."""

from ningjulan.registry.town.export import POINTS_FILE, TILES_FILE, TownMeta, build, export, read_meta
from ningjulan.registry.town.generator import Town, generate

__all__ = ["POINTS_FILE", "TILES_FILE", "Town", "TownMeta", "build", "export", "generate", "read_meta"]
