"""The pages of the catalogue, in docs/catalog and in the terminal."""

from pathlib import Path

import pytest

from ningjulan.catalog import commands, facade, pages

DOCS = Path(__file__).parents[4] / "docs/catalog"
CLASSES = [data_class.id for data_class in facade.list_classes()]


@pytest.mark.skipif(not DOCS.parent.exists(), reason="installed without its documents")
def test_the_committed_pages_are_what_the_catalogue_says():
    assert commands.check_pages(DOCS) == len(CLASSES) + 2


def test_pages_are_written_compared_and_cleared(tmp_path):
    (tmp_path / "IOT00.md").write_text("a class that is gone")
    with pytest.raises(commands.PagesOutOfDate) as refused:
        commands.check_pages(tmp_path)

    commands.write_pages(tmp_path)

    assert refused.value.facts["n"] == len(CLASSES) + 3
    assert commands.check_pages(tmp_path) == len(CLASSES) + 2
    assert not (tmp_path / "IOT00.md").exists()


def test_every_link_of_the_pages_leads_somewhere():
    written = pages.all_pages()
    anchors = {code_list.id.lower() for code_list in facade.list_code_lists()}

    for text in written.values():
        for target in (part.split(")")[0] for part in text.split("](")[1:]):
            file, _, anchor = target.partition("#")
            assert file in written
            assert not anchor or anchor in anchors


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_terminal_explains_a_class_in_both_languages(lang):
    head = dict(commands.class_head("IOT12", lang))
    rows = {row[0]: row for row in commands.item_rows("IOT12", lang)}
    codes = {row[0]: row for row in commands.code_rows("IOT12", lang)}

    expected = {
        "zh": ("P02 消防安全", "0…65535；16 位，bit0…bit15", "NORMAL 正常、FIRE 火警", "主键、核心"),
        "en": (
            "P02 Fire safety",
            "0…65535; 16 位，bit0…bit15",
            "NORMAL Normal; FIRE Fire alarm",
            "key, core",
        ),
    }[lang]
    assert head[{"zh": "用途", "en": "Purpose"}[lang]] == expected[0]
    assert rows["status_bits"][3] == expected[1]
    assert codes["CL_FIRE_STATE"][2].startswith(expected[2])
    assert rows["msg_id"][-1] == expected[3]


def test_a_register_and_its_end_are_named():
    head = dict(commands.class_head("BIZ22", "en"))

    assert head["Kept"] == "28 days from “Released on”"
    assert head["Time"].startswith("a register: Recorded at (recorded_at)")


@pytest.mark.parametrize("class_id", CLASSES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_show_names_every_item(class_id, lang):
    rows = commands.item_rows(class_id, lang)

    items = facade.get_class(class_id).items
    assert [row[:2] for row in rows] == [(i.id, i.en if lang == "en" else i.zh) for i in items]
    assert len(commands.class_rows(lang)) == len(CLASSES)


def test_a_long_code_list_is_cut():
    shown = next(row for row in commands.code_rows("BIZ04", "zh") if row[0] == "CL_COUNTRY")

    assert shown[2].endswith("、… +237")
