"""What the registry holds about the resident who asks, unmasked: it is theirs (PR-21)."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.contracts import Item
from ningjulan.foundation.actors import SYSTEM, Actor
from ningjulan.registry.models import Person, Residency
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
class MyRecord:
    class_id: str
    items: list[MyItem]


def my_record(actor: Actor) -> MyRecord:
    """Return the resident's own entry, every item that says something.

    Raises:
        NotResident: The account belongs to nobody in the registry.
        NotFound: The registry no longer holds them.
    """
    found = load(PERSON, str(require_resident(actor)), SYSTEM)
    data_class = catalog.get_class(found.class_id)
    items = [_item(item, found.values[item.id]) for item in data_class.items if item.id in found.values]
    return MyRecord(data_class.id, items)


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
