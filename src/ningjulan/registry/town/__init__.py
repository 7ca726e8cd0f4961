"""The demo town: a synthetic sub-district made from one seed."""

from ningjulan.registry.town.export import TownMeta, build, export, read_meta
from ningjulan.registry.town.generator import Town, generate

__all__ = ["Town", "TownMeta", "build", "export", "generate", "read_meta"]
