"""Age, sex, name and the rest of what is known of each person."""

import numpy as np
import polars as pl

from ningjulan.registry.people.population.frame import (
    LET,
    VILLAGE_OWN,
    Bools,
    Days,
    Homes,
    People,
    days_before,
    text,
)
from ningjulan.registry.people.population.households import (
    CHILD,
    FLATMATE,
    GRANDPARENT,
    GROWN,
    GROWN_KINDS,
    HEAD,
    OLD_KINDS,
    OTHER_GRANDPARENT,
    RELATIVE,
    SPOUSE,
    YOUNGER,
)
from ningjulan.registry.people.population.numbers import id_card_numbers, telephones
from ningjulan.registry.people.population.words import Ints, Texts, drawn, given_names, ids, surnames

_YEAR = 365.25
_LOCAL = "330109"
_PHONES = 5  # series: 0005…; the town's own people have 0001 to 0004
_CHILDREN = (CHILD, YOUNGER, GROWN)


def bring_to_life(homes: Homes, kinds: Ints, home: Ints, role: Ints, rng: np.random.Generator) -> People:
    """Return the people of the homes with sex, age and name. Families share a surname, couples an age."""
    n_homes = len(homes.row)
    head_is_male = rng.random(n_homes) < np.where(np.isin(kinds, OLD_KINDS), 0.4, 0.62)
    male = _sexes(role, head_is_male[home], rng)
    years = _ages(homes, kinds, home, role, rng)
    age_days = (years * _YEAR).astype(np.int64) + rng.integers(1, 365, len(home))
    own_household = (role == HEAD) | (role == FLATMATE)
    return People(
        home=home,
        household=np.cumsum(own_household) - 1,
        role=role,
        male=male,
        age_days=age_days,
        surname=_surnames(home, role, male, head_is_male, rng),
        given=given_names(male, rng),
        person_id=ids(len(home), rng),
    )


def _sexes(role: Ints, head_is_male: Bools, rng: np.random.Generator) -> Bools:
    either = rng.random(len(role)) < 0.515
    one_grandparent = rng.random(len(role)) < 0.45
    return np.asarray(
        np.select(
            [role == HEAD, role == SPOUSE, role == GRANDPARENT, role == OTHER_GRANDPARENT],
            [head_is_male, ~head_is_male, one_grandparent, ~one_grandparent],
            either,
        ),
        dtype=bool,
    )


def _ages(homes: Homes, kinds: Ints, home: Ints, role: Ints, rng: np.random.Generator) -> Days:
    """Return whole years. Parents are about 28 when a child is born, and so were theirs."""
    n = len(homes.row)
    young = 23 + rng.gamma(2.2, 4.2, n)  # who rents
    settled = 27 + rng.gamma(3.2, 4.6, n)  # who owns
    head = np.where(homes.tenure == LET, young, settled)
    with_child = np.isin(kinds, [4, 5, 6, 8, 9, 10])
    head = np.where(with_child, np.clip(rng.normal(39, 6.5, n), 25, 56), head)
    head = np.where(np.isin(kinds, GROWN_KINDS), np.clip(rng.normal(53, 5, n), 45, 68), head)
    old = np.clip(62 + rng.gamma(2.4, 4.6, n), 60, 99)
    head = np.where(np.isin(kinds, OLD_KINDS), old, head)
    of_head, m = head[home], len(home)
    born_at = np.clip(rng.normal(28, 3.5, m), 21, 42)
    born_later = np.clip(rng.normal(32.5, 3.5, m), 24, 45)
    flatmate = 19 + rng.gamma(2.4, 3.4, m)
    ages = np.select(
        [
            *(role == one for one in (HEAD, SPOUSE, CHILD, YOUNGER, GROWN)),
            np.isin(role, (GRANDPARENT, OTHER_GRANDPARENT)),
            role == FLATMATE,
            role == RELATIVE,
        ],
        [
            of_head,
            np.maximum(of_head + rng.normal(-0.5, 2.6, m), 21),
            np.clip(of_head - born_at, 0, 24),
            np.clip(of_head - born_later, 0, 20),
            np.clip(of_head - born_at, 18, 36),
            np.clip(of_head + rng.normal(26, 3, m), 50, 97),
            flatmate,
            np.clip(rng.normal(46, 16, m), 18, 90),
        ],
    )
    return np.asarray(np.floor(ages), dtype=np.int64)


def _surnames(home: Ints, role: Ints, male: Bools, head_is_male: Bools, rng: np.random.Generator) -> Texts:
    n = len(head_is_male)
    of_head, of_spouse, n_people = surnames(n, rng), surnames(n, rng), len(home)
    fathers = np.where(head_is_male, of_head, of_spouse)[home]
    from_father = np.isin(role, _CHILDREN) | ((role == GRANDPARENT) & male)
    named = np.where(from_father, fathers, surnames(n_people, rng))
    named = np.where(role == HEAD, of_head[home], np.where(role == SPOUSE, of_spouse[home], named))
    return np.asarray(named, dtype=object)


def describe(people: People, homes: Homes, address: Texts, rng: np.random.Generator) -> pl.DataFrame:
    """Return the facts about each person but for work, one row a person.

    Args:
        address: Full text of the address each person lives at.
    """
    n, age = len(people), (people.age_days // _YEAR).astype(np.int64)
    births = days_before(people.age_days)
    tenure = homes.tenure[people.home]
    local = rng.random(n) < np.select([tenure == LET, tenure == VILLAGE_OWN], [0.10, 0.97], 0.74)
    local = local[np.searchsorted(people.home, people.home)]  # a family comes from one place
    has_phone = (age >= 12) & (rng.random(n) < 0.985)
    origin = drawn("origins", n, rng)[np.searchsorted(people.home, people.home)]
    return pl.DataFrame(
        {
            "entity_id": text(people.person_id),
            "name": text(people.surname + people.given),
            "id_type": text(np.full(n, "111", dtype=object)),
            "id_no": id_card_numbers(births, people.male),
            "person_category": text(np.where(local, "01", "02")),
            "sex": text(np.where(people.male, "1", "2")),
            "birth_date": births,
            "education": text(_education(age, tenure, rng)),
            "marital_status": text(_marital(people, age, rng)),
            "phone": telephones(0, n, _PHONES).set(pl.Series(~has_phone), None),
            "hukou_division": text(np.where(local, _LOCAL, origin)),
            "hukou_detail": text(np.where(local, address, "")),
        }
    )


def _education(age: Ints, tenure: Ints, rng: np.random.Generator) -> Texts:
    """Younger people have stayed longer at school. Children have no degree."""
    levels = np.array(["10", "20", "30", "40", "60", "70", "80"], dtype=object)
    young = np.array([0.07, 0.32, 0.27, 0.08, 0.13, 0.12, 0.01]).cumsum()
    middle = np.array([0.03, 0.16, 0.17, 0.08, 0.20, 0.31, 0.05]).cumsum()
    old = np.array([0.0, 0.02, 0.04, 0.03, 0.11, 0.35, 0.45]).cumsum()
    luck = rng.random(len(age)) * 0.999
    shares = np.where((age < 36)[:, None], young, np.where((age < 60)[:, None], middle, old))
    level = levels[(luck[:, None] >= shares).sum(axis=1).clip(0, 6)]
    at_school = np.select([age < 6, age < 12, age < 15, age < 18], ["", "80", "70", "60"], "")
    return np.asarray(np.where(age < 18, at_school, level), dtype=object)


def _marital(people: People, age: Ints, rng: np.random.Generator) -> Texts:
    couples = np.zeros(int(people.home.max()) + 1, dtype=bool)
    couples[people.home[people.role == SPOUSE]] = True
    together = np.isin(people.role, (HEAD, SPOUSE)) & couples[people.home]
    chance = rng.random(len(people))
    alone_old = np.where(chance < 0.78, "30", np.where(chance < 0.9, "40", "20"))
    alone = np.where((age < 30) | (chance < 0.55), "10", np.where(chance < 0.75, "40", "20"))
    married = np.where(np.isin(people.role, (GRANDPARENT, OTHER_GRANDPARENT)) & (chance < 0.7), "20", alone)
    status = np.where(
        together, "20", np.where(age >= 60, np.where(married == "20", "20", alone_old), married)
    )
    return np.asarray(np.where(age < 20, "", status), dtype=object)
