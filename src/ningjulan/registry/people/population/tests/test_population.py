import polars as pl
import pytest

from ningjulan.cleaning.numbers.identity import id_card_no
from ningjulan.cleaning.numbers.organisations import uscc
from ningjulan.cleaning.numbers.plates import plate_no
from ningjulan.registry.people import population
from ningjulan.registry.people.population.frame import AS_OF
from ningjulan.registry.people.population.households import HEAD, KINDS, hold, people_of
from ningjulan.registry.town import read_meta
from ningjulan.registry.town.plan import random_stream


@pytest.fixture(scope="module")
def town(town_folder):
    names = ("addresses", "buildings", "compounds", "staff")
    return {name: pl.read_parquet(town_folder / f"{name}.parquet") for name in names}


@pytest.fixture(scope="module")
def made(town):
    return population.generate(town, 3, 0.05)


@pytest.fixture(scope="module")
def now(made):
    """What is believed now."""
    return {name: frame.filter(pl.col("known_to").is_null()) for name, frame in made.items()}


@pytest.mark.parametrize("wanted", [10_000, 11_500, 12_800])
def test_the_homes_hold_exactly_as_many_people_as_asked_for(wanted):
    rng = random_stream(5)
    kinds = rng.choice(len(KINDS), 4_000)

    home, role = people_of(kinds, wanted, rng)

    assert len(home) == len(role) == hold(kinds, wanted) == wanted
    assert (role == HEAD).sum() == 4_000
    assert (home[1:] >= home[:-1]).all()


def test_everybody_is_there_once(now, n_people):
    assert len(now["person"]) == n_people > 9_000


@pytest.fixture(scope="module")
def n_people(now):
    return now["person"]["entity_id"].n_unique()


def test_the_same_seed_makes_the_same_people_and_another_makes_others(town, made):
    again, others = population.generate(town, 3, 0.05), population.generate(town, 4, 0.05)

    assert all(made[name].equals(again[name]) for name in made)
    assert not made["person"].equals(others["person"])


def test_numbers_are_right_by_their_rules_and_nobodys(now):
    id_numbers, codes = now["person"]["id_no"], now["organisation"]["usc_code"].replace("", None)
    plates = now["vehicle"]["plate_no"]

    judged = id_card_no(id_numbers, today=AS_OF), uscc(codes), plate_no(plates)

    assert [one.faults.null_count() for one in judged] == [len(one.values) for one in judged]
    assert id_numbers.str.starts_with("999999").all()
    assert id_numbers.n_unique() == len(id_numbers)
    assert codes.drop_nulls().str.contains("999999MA").all()
    assert plates.str.starts_with("浙X").all()
    assert plates.n_unique() == len(plates)
    for table, item in [("person", "phone"), ("organisation", "legal_phone"), ("rental", "landlord_phone")]:
        assert now[table][item].drop_nulls().str.contains("^000[0-9]{8}$").all()


def test_identity_numbers_agree_with_birth_and_sex(now):
    people = now["person"]

    assert (people["id_no"].str.slice(6, 8) == people["birth_date"].dt.strftime("%Y%m%d")).all()
    assert ((people["id_no"].str.slice(16, 1).cast(pl.Int8) % 2 == 1) == (people["sex"] == "1")).all()


def test_everybody_lives_in_a_home_of_the_town_since_not_before_birth(town, now, n_people):
    homes = town["addresses"].filter(pl.col("use_type") == "1")["address_id"]
    born = now["person"].select("entity_id", "birth_date")
    lives = now["residency"].join(born, left_on="person_id", right_on="entity_id")

    assert lives.filter(pl.col("valid_to").is_null())["person_id"].n_unique() == n_people
    assert lives["house_id"].is_in(homes.implode()).all()
    assert (lives["valid_from"] >= lives["birth_date"]).all()
    assert lives["valid_from"].max() <= AS_OF


def test_every_household_has_one_head_and_all_belong_to_one(now, n_people):
    heads = now["membership"].filter(pl.col("relation_to_head") == "0")

    assert sorted(heads["household_id"]) == sorted(now["household"]["entity_id"])
    assert now["membership"]["person_id"].n_unique() == len(now["membership"]) == n_people


def test_children_are_younger_than_the_head_and_the_old_are_fewer_than_those_of_middle_age(now):
    ages = now["person"].select(
        "entity_id", age=(pl.lit(AS_OF) - pl.col("birth_date")).dt.total_days() / 365.25
    )
    members = now["membership"].join(ages, left_on="person_id", right_on="entity_id")
    heads = members.filter(pl.col("relation_to_head") == "0").select("household_id", head="age")
    children = members.filter(pl.col("relation_to_head").is_in(["2", "3"])).join(heads, on="household_id")
    shares = ages.group_by(pl.col("age").gt(15).cast(pl.Int8) + pl.col("age").gt(60).cast(pl.Int8)).len()

    assert (children["head"] - children["age"]).min() > 17
    share = {k: n / len(ages) for k, n in shares.iter_rows()}
    assert 0.10 < share[0] < 0.20
    assert 0.60 < share[1] < 0.80
    assert 0.05 < share[2] < 0.2
    assert members.group_by("household_id").len()["len"].mean() == pytest.approx(2.6, abs=0.4)


def test_what_is_let_has_tenants_and_a_letting_and_what_is_owned_has_neither(now):
    let = now["dwelling"].filter(pl.col("is_rented"))["entity_id"]
    lives = now["residency"].filter(pl.col("valid_to").is_null(), pl.col("owner_relation") == "09")

    assert set(now["rental"]["house_id"]) == set(lives["house_id"]) >= set(let) & set(lives["house_id"])
    assert now["residency"].filter(pl.col("is_owner"))["house_id"].is_in(let.implode()).sum() == 0


def test_versions_end_after_they_begin_and_are_corrected_after_they_are_known(made):
    for name, frame in made.items():
        wrong = (pl.col("valid_to") <= pl.col("valid_from")) | (pl.col("known_to") < pl.col("known_from"))
        assert frame.filter(wrong).height == 0, name
        assert frame["known_from"].max().date() <= AS_OF, name


def test_nobody_is_served_without_consent(now):
    assert now["careservice"]["consent_flag"].all()
    assert 0 < len(now["carerecipient"]) < 600


def test_no_column_says_what_the_platform_does_not_ask(made):
    columns = {column for frame in made.values() for column in frame.columns}

    forbidden = ("ethnic", "religio", "politic", "illness", "disease", "criminal", "photo", "face")
    assert [c for c in columns if any(word in c for word in forbidden)] == []


def test_a_population_is_made_once_for_a_town(town_folder):
    town = read_meta(town_folder)

    first = population.build(town_folder, town)
    said = []
    again = population.build(town_folder, town, lambda what, share: said.append(share))

    assert again == first == population.read_population(town_folder)
    assert said == [1.0]
    assert first.counts["person"] > 9_000
