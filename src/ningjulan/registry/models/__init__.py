"""The tables of the registry, one file for each thing it knows of."""

from ningjulan.registry.models.addresses import (
    AddressAlias,
    AddressJob,
    AddressQuestion,
    AddressState,
    AreaVersion,
)
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
from ningjulan.registry.models.privacy import Export
from ningjulan.registry.models.resolution import (
    Duplicate,
    Incoming,
    NotSame,
    PersonAlias,
    PersonKey,
    StaleKey,
)
from ningjulan.registry.models.work import (
    CollectionTask,
    ImportJob,
    ImportReject,
    SourceMapping,
    TaskStep,
)

__all__ = [
    "Address",
    "AddressAlias",
    "AddressJob",
    "AddressQuestion",
    "AddressState",
    "Area",
    "AreaVersion",
    "Assistance",
    "Building",
    "CareRecipient",
    "CareService",
    "Change",
    "CollectionTask",
    "Compound",
    "Device",
    "Duplicate",
    "Dwelling",
    "Employment",
    "Export",
    "Household",
    "ImportJob",
    "ImportReject",
    "Incoming",
    "Membership",
    "Migrant",
    "NotSame",
    "Organisation",
    "OverseasPerson",
    "Person",
    "PersonAlias",
    "PersonKey",
    "Rental",
    "Residency",
    "SourceMapping",
    "Staff",
    "StaleKey",
    "TaskStep",
    "Tenant",
    "Unit",
    "Vehicle",
    "Version",
]
