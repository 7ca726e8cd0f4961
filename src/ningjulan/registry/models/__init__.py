"""The tables of the registry, one file for each thing it knows of."""

from ningjulan.registry.models.places import (
    Address,
    Area,
    Building,
    Compound,
    Device,
    Staff,
    Tenant,
    Unit,
)

__all__ = ["Address", "Area", "Building", "Compound", "Device", "Staff", "Tenant", "Unit"]
