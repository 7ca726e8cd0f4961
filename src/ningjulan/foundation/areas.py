"""Which rows lie in an actor's areas: the one place where the rule is turned into a query."""

from django.db.models import Q

from ningjulan.foundation.actors import Actor, Role


def within(actor: Actor, column: str = "area_code") -> Q:
    """Return the condition that `column`, an area code, lies in what the actor looks after.

    The platform itself sees everything; an actor without areas sees nothing.
    """
    if Role.SYSTEM in actor.roles:
        return Q()
    condition = Q(pk__in=[])
    for code in sorted(code for code in actor.area_codes if code):
        condition |= Q(**{f"{column}__startswith": code})
    return condition
