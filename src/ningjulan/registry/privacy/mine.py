"""What the registry holds about the resident who asks, unmasked: it is theirs (PR-21)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.contracts import Item
from ningjulan.foundation.actors import SYSTEM, Actor
from ningjulan.registry.models import Address, Person, Residency
from ningjulan.registry.models.changes import known, valid
from ningjulan.registry.privacy.readings import require_resident
from ningjulan.registry.privacy.revealing import load

PERSON = "person"


@dataclass(frozen=True)
class MyItem:
    """An item of one's own record. `label`: the word a code stands for."""

    id: str
    zh: str
    en: str
    value: str
    value_zh: str
    value_en: str


@dataclass(frozen=True)
class MyHome:
    address_id: UUID
    address: str
    since: date


@dataclass(frozen=True)
class MyRecord:
    """Who one is to the registry, what it holds, and where one is said to live."""

    person_id: UUID
    class_id: str
    items: list[MyItem]
    homes: list[MyHome]


def my_record(actor: Actor) -> MyRecord:
    """Return the resident's own entry, every item that says something.

    Raises:
        NotResident: The account belongs to nobody in the registry.
        NotFound: The registry no longer holds them.
    """
    person_id = require_resident(actor)
    found = load(PERSON, str(person_id), SYSTEM)
    data_class = catalog.get_class(found.class_id)
    items = [_item(item, found.values[item.id]) for item in data_class.items if item.id in found.values]
    return MyRecord(person_id, data_class.id, items, _homes(person_id))


def _homes(person_id: UUID) -> list[MyHome]:
    stays = Residency.objects.filter(known(), valid(timezone.localdate()), person_id=person_id)
    since = dict(stays.order_by("-valid_from").values_list("house_id", "valid_from"))
    texts = Address.objects.filter(pk__in=since).values_list("pk", "full_text")
    return [MyHome(address_id, text, since[address_id]) for address_id, text in texts]


def _item(item: Item, value: str) -> MyItem:
    if item.code_list is None:
        return MyItem(item.id, item.zh, item.en, value, value, value)
    labels = [catalog.label(item.code_list, value, lang) for lang in ("zh", "en")]
    return MyItem(item.id, item.zh, item.en, value, *labels)


def find_somebody() -> UUID | None:
    """Return somebody who can be telephoned and lives somewhere: the first registered, whoever asks."""
    today = timezone.localdate()
    homes = Residency.objects.filter(known(), valid(today), person_id=OuterRef("entity_id"))
    people = Person.objects.filter(Exists(homes), known(), valid(today), phone_sealed__isnull=False)
    return people.order_by("id").values_list("entity_id", flat=True).first()
