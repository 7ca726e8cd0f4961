import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ningjulan.registry.addresses.dirt import KINDS
from ningjulan.registry.addresses.dirty_set import dirty_addresses
from ningjulan.registry.addresses.matching import candidates, matched
from ningjulan.registry.addresses.normalising import normalised
from ningjulan.registry.addresses.tests.conftest import base_of

_BASE = base_of()  # what it derives is derived once
A_801, A_802 = "B1/1单元801室", "B1/1单元802室"


def answers(base, *texts):
    """Return (decision, id of the place found) of each text."""
    found = matched(pl.Series(texts, dtype=pl.String), base)
    tables = {"address": base.addresses, "building": base.buildings, "compound": base.compounds}
    return [
        (decision, tables[level]["id"][row] if level else None)
        for decision, level, row in found.select("decision", "level", "row").rows()
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("浙江省杭州市萧山区宁围街道宁安社区澜庭新村5幢1单元801室", A_801, id="as registered"),
        pytest.param("澜庭新村5幢1单元801", A_801, id="only what is needed"),
        pytest.param("宁安澜庭新村5-1-801", A_801, id="community without its kind"),
        pytest.param("澜庭新村（宁安社区）5栋1单元8楼801", A_801, id="community in brackets, floor too"),
        pytest.param("萧山市宁围镇澜庭新村5号1单元8层1室", A_801, id="old names, floor and door"),
        pytest.param("801室1单元5幢澜庭新村", A_801, id="turned round"),
        pytest.param("3单元119幢", None, id="no name"),
        pytest.param("蓝亭新村5幢1单元801室", A_801, id="misheard"),
        pytest.param("斓庭新材5幢1单元801室", A_801, id="misread"),
        pytest.param("民安路12号澜庭新村东门5幢1单元801室菜鸟驿站", A_801, id="words around"),
        pytest.param("锦绣5幢1单元801", "B4/1单元801室", id="shortened, and no other name begins so"),
        pytest.param("新华村一组十二号101", "B5/101室", id="village"),
        pytest.param("萧山新世纪市场园区五号坝浜234号101", "B8/101室", id="community with region words"),
        pytest.param("丰和大厦1202室", "B9/1202室", id="the only building"),
        pytest.param("澜庭新村5幢802", A_802, id="unit left out, one dwelling of the number"),
    ],
)
def test_what_the_text_decides_is_answered(base, text, place):
    expected = ("automatic", place) if place else ("new", None)

    assert answers(base, text) == [expected]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("澜庭新村5幢801室", "B1", id="two units have it: the building"),
        pytest.param("澜庭新村5幢", "B1", id="to the building"),
        pytest.param("澜庭新村5幢2单元三楼", "B1", id="to the floor"),
        pytest.param("宁安社区澜庭新村", "C1", id="to the compound"),
    ],
)
def test_no_dwelling_is_guessed(base, text, place):
    assert answers(base, text) == [("automatic", place)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("澜庭5幢1单元801室", id="several names begin so"),
        pytest.param("澜庭新村三期5幢1单元801室", id="another phase"),
        pytest.param("澜庭新村5幢对面", id="opposite"),
        pytest.param("澜庭新村5幢1单元1801室", id="no such room"),
        pytest.param("市心社区澜庭新村5幢1单元801室", id="another community"),
        pytest.param("新华村12号101室", id="group left out, two have the number"),
        pytest.param("澜X新村5幢1单元801室", id="a character nobody can read"),
        pytest.param("澜庭新村5幢1单元9层801室", id="floor and room differ"),
        pytest.param("小澜庭新村5幢1单元801室", id="perhaps another place"),
    ],
)
def test_what_is_doubtful_goes_to_a_clerk(base, text):
    [(decision, _)] = answers(base, text)

    assert decision == "clerk"


@pytest.mark.parametrize(
    "text", ["澜庭新村99幢1单元801室", "江苏省南京市澜庭新村5幢1单元801室", "别处", "", "幢"]
)
def test_what_the_base_does_not_have_is_new(base, text):
    [(decision, _)] = answers(base, text)

    assert decision == "new"


def test_a_decided_text_and_a_former_name_are_known_from_then_on():
    base = base_of(aliases=[("老王家", "address", A_801), ("红星大队", "compound", "C5")])

    assert answers(base, "老王家", "红星大队30号201") == [("automatic", A_801), ("automatic", "B7/201室")]


def test_a_retired_address_is_not_answered_by_itself():
    base = base_of(retired=[A_801])

    assert answers(base, "澜庭新村5幢1单元801室") == [("clerk", A_801)]


def test_candidates_come_with_reasons(base):
    ranked = candidates(normalised(pl.Series(["市心社区澜庭新村5幢1单元801室"])), base)

    first = ranked.row(0, named=True)
    assert (first["level"], base.addresses["id"][first["row"]]) == ("address", A_801)
    assert first["v_community"] == "differs"
    assert first["v_compound"] == first["v_building"] == first["v_unit"] == first["v_room"] == "agrees"
    assert ranked["score"].is_sorted(descending=True)


def test_missing_texts_and_an_empty_base_find_nothing(base):
    assert answers(base, None, "") == [("new", None), ("new", None)]
    nothing = type(base)(communities=base.communities)
    assert matched(pl.Series(["澜庭新村5幢"]), nothing)["row"].to_list() == [None]


@settings(max_examples=40)
@given(
    st.lists(
        st.none() | st.text(alphabet="澜庭新村里锦绣府幢单元室号层楼0158-#对面一二期", max_size=18),
        max_size=8,
    )
)
def test_every_text_has_one_answer(texts):
    found = matched(pl.Series(texts, dtype=pl.String), _BASE)

    assert len(found) == len(texts)
    assert found["score"].is_between(0, 1).all()
    assert (found["row"].is_null() == found["level"].is_null()).all()


def test_automatic_answers_are_right_on_a_dirty_set_of_known_truth(town_base):
    dirty = dirty_addresses(town_base, 4_000, seed=5)

    found = matched(dirty["text"], town_base)

    automatic = found["decision"] == "automatic"
    right = ((found["level"] == dirty["level"]) & (found["row"] == dirty["row"])).fill_null(value=False)
    assert len(set(dirty["kind"])) >= len(KINDS) - 1  # a small town may have no village with groups
    assert (right & automatic).sum() / automatic.sum() >= 0.99
    assert (right & automatic).sum() / dirty["level"].is_not_null().sum() >= 0.85
