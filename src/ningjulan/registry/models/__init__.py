"""The tables of the registry, one file for each thing it knows of."""

from ningjulan.registry.models.care import Assistance, CareRecipient, CareService
from ningjulan.registry.models.changes import Change, Version
from ningjulan.registry.models.holdings import Dwelling, Employment, Organisation, Rental, Vehicle
from ningjulan.registry.models.people import (
    Household,
    Membership,
    Migrant,
    OverseasPerson,
    Person,
    Residency,
)
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

__all__ = [
    "Address",
    "Area",
    "Assistance",
    "Building",
    "CareRecipient",
    "CareService",
    "Change",
    "Compound",
    "Device",
    "Dwelling",
    "Employment",
    "Household",
    "Membership",
    "Migrant",
    "Organisation",
    "OverseasPerson",
    "Person",
    "Rental",
    "Residency",
    "Staff",
    "Tenant",
    "Unit",
    "Vehicle",
    "Version",
]
