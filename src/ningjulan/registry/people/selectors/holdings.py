"""Organisations and vehicles. Masked, limited to the actor's areas."""

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from ningjulan.catalog import permissions
from ningjulan.foundation.actors import Actor
from ningjulan.registry.models import Address, Compound, Organisation, Person, Vehicle
from ningjulan.registry.models.changes import known
from ningjulan.registry.people import access
from ningjulan.registry.people.contracts import OrganisationRow, VehicleRow
from ningjulan.registry.people.numbers import index_of, normalised
from ningjulan.registry.people.showing import name_shown, shown, shown_number, word

_LIMIT = 50
_NOWHERE = UUID(int=0)


def find_organisations(
    actor: Actor, tenant_code: str, q: str, *, today: date, limit: int = _LIMIT
) -> list[OrganisationRow]:
    """Return organisations whose name begins with `q`, or whose credit code is `q`."""
    permissions.check_list(actor, "BIZ10")
    rows = access.visible(Organisation, actor, on=today).filter(area_code__startswith=tenant_code)
    wanted = q.strip()
    if wanted:
        rows = rows.filter(Q(name__startswith=wanted) | Q(usc_code=normalised(wanted)))
    return organisation_rows(rows.order_by("name", "pk")[:limit])


def organisation_rows(rows: QuerySet[Organisation]) -> list[OrganisationRow]:
    firms = list(rows)
    texts = dict(Address.objects.filter(pk__in=[f.address_id for f in firms]).values_list("pk", "full_text"))
    return [
        OrganisationRow(
            org_id=firm.entity_id,
            name=firm.name,
            usc_code=firm.usc_code,
            org_type=word("CL_ORG_TYPE", firm.org_type),
            scale=word("CL_SCALE", firm.scale),
            status=word("CL_ORG_STATUS", firm.status),
            address_id=firm.address_id,
            address=texts.get(firm.address_id or _NOWHERE),
            area_code=firm.area_code,
            employees=firm.employees,
            legal_rep=shown("BIZ10", "legal_rep", firm.legal_rep),
            legal_phone=shown_number(firm, "legal_phone"),
            safety_officer=shown("BIZ10", "safety_officer", firm.safety_officer),
            safety_phone=shown_number(firm, "safety_phone"),
            fire_key_unit=firm.fire_key_unit,
        )
        for firm in firms
    ]


def find_vehicles(
    actor: Actor, tenant_code: str, q: str, *, today: date, limit: int = _LIMIT
) -> list[VehicleRow]:
    """Return the vehicle whose plate is exactly `q`. Without it nothing is found."""
    permissions.check_list(actor, "BIZ12")
    if not q.strip():
        return []
    rows = access.visible(Vehicle, actor, on=today).filter(area_code__startswith=tenant_code)
    return vehicle_rows(rows.filter(plate_no_index=index_of("plate_no", q)).order_by("pk")[:limit])


def vehicle_rows(rows: QuerySet[Vehicle]) -> list[VehicleRow]:
    vehicles = list(rows)
    owners = Person.objects.filter(known(), entity_id__in=[v.owner_person_id for v in vehicles])
    names = dict(owners.order_by("valid_from").values_list("entity_id", "name"))
    compounds = dict(
        Compound.objects.filter(pk__in=[v.compound_id for v in vehicles]).values_list("pk", "name")
    )
    return [
        VehicleRow(
            vehicle_id=vehicle.entity_id,
            plate_no=shown_number(vehicle, "plate_no"),
            plate_class=word("CL_PLATE_CLASS", vehicle.plate_class),
            plate_color=word("CL_PLATE_COLOR", vehicle.plate_color),
            energy=word("CL_ENERGY", vehicle.energy_type),
            vehicle_class=word("CL_VEHICLE_CLASS", vehicle.vehicle_class),
            brand_model=vehicle.brand_model,
            body_color=word("CL_VEHICLE_COLOR", vehicle.body_color),
            owner_person_id=vehicle.owner_person_id,
            owner_name=name_shown(names.get(vehicle.owner_person_id or _NOWHERE, "")) or None,
            compound_name=compounds.get(vehicle.compound_id or _NOWHERE),
            area_code=vehicle.area_code,
        )
        for vehicle in vehicles
    ]
