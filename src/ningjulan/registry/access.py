"""The only way to fetch places on behalf of somebody. A foreign area is answered like a missing one."""

from django.db.models import Q, QuerySet

from ningjulan.foundation import areas
from ningjulan.foundation.actors import Actor
from ningjulan.registry.contracts import AreaNotFound
from ningjulan.registry.models import Area, Device, Unit


def visible_areas(actor: Actor, within: str) -> QuerySet[Area]:
    """Return the areas in `within` that the actor looks after."""
    return Area.objects.filter(areas.within(actor, "code"), code__startswith=within)


def visible_devices(actor: Actor, within: str) -> QuerySet[Device]:
    return Device.objects.filter(areas.within(actor, "grid_code"), grid_code__startswith=within)


def serving_units(actor: Actor, tenant_code: str) -> QuerySet[Unit]:
    """Return the units that serve an area of the actor's: those in it, and those of the levels above."""
    above = [tenant_code[:n] for n in (6, 9) if n < len(tenant_code)]
    here = Q(area_code__startswith=tenant_code) | Q(area_code__in=above)
    if actor.covers(tenant_code):
        return Unit.objects.filter(here)
    own = [code for code in actor.area_codes if code.startswith(tenant_code)]
    if not own:
        return Unit.objects.none()
    levels = {code[:n] for code in own for n in (6, 9, 12, 15)}
    return Unit.objects.filter(here, areas.within(actor, "area_code") | Q(area_code__in=sorted(levels)))


def get_area(code: str, *, actor: Actor) -> Area:
    """Return the area, or raise `AreaNotFound`."""
    area = visible_areas(actor, within=code).filter(code=code).first()
    if area is None:
        raise AreaNotFound(area_code=code[:15])
    return area
