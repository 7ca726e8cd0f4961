"""How much there is in the registry, as believed now."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Count

from ningjulan.registry.models import (
    Address,
    Building,
    CareRecipient,
    Change,
    Dwelling,
    Employment,
    Household,
    Migrant,
    Organisation,
    Person,
    Rental,
    Residency,
    Vehicle,
)
from ningjulan.registry.models.changes import Version, known, valid

_COUNTED: Mapping[str, type[Version]] = {
    "people": Person,
    "households": Household,
    "dwellings": Dwelling,
    "residencies": Residency,
    "rentals": Rental,
    "migrants": Migrant,
    "vehicles": Vehicle,
    "organisations": Organisation,
    "employments": Employment,
    "care_recipients": CareRecipient,
}


def stats(tenant_code: str = "", *, today: date) -> dict[str, int]:
    """Return the number of addresses, people, households … of a tenant, or of all. For operators: no list."""
    places = {
        "addresses": Address.objects.filter(grid_code__startswith=tenant_code).count(),
        "buildings": Building.objects.filter(grid_code__startswith=tenant_code).count(),
    }
    versions = {
        name: model._default_manager.filter(
            known(), valid(today), area_code__startswith=tenant_code
        ).aggregate(n=Count("entity_id", distinct=True))["n"]
        for name, model in _COUNTED.items()
    }
    return places | versions | {"changes": Change.objects.count()}
