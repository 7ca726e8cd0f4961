"""A class is added by dropping a file; a wrong one is refused with file, line and reason."""

from datetime import timedelta
from pathlib import Path

import pytest

from ningjulan.catalog import facade, loader
from ningjulan.catalog.contracts import CatalogueRefused, UnknownClass, UnknownCodeList
from ningjulan.catalog.forbidden import forbidden_word

CODE_LIST = """\
code_list: CL_STATE
title: {zh: 状态, en: State}
basis: product
values:
  "01": {zh: 开, en: Open}
"""
PURPOSES = """\
code_list: CL_PURPOSE_CODE
title: {zh: 处理目的, en: Purpose}
basis: product
values:
  P04: {zh: 城市管理, en: City management}
"""
CLASS = """\
class: IOT99
title: {zh: 井盖, en: Manhole}
group: iot
basis: 试验
origin: 试验
purpose: P04
sensitivity: L1
time: seen_at
late_by: 1h
early_by: 10m
keep: 30d
items:
  cover_id: {zh: 井盖编号, en: Cover id, type: string(20), key: true, core: true, required: true}
  seen_at:  {zh: 时间, en: Seen at, type: datetime, core: true, required: true}
  state:    {zh: 状态, en: State, type: code, code_list: CL_STATE}
  tilt:     {zh: 倾角, en: Tilt, type: "decimal(4,1)", unit: °, range: [0, 90]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "classes").mkdir()
    (tmp_path / "code_lists").mkdir()
    (tmp_path / "code_lists/CL_STATE.yaml").write_text(CODE_LIST)
    (tmp_path / "code_lists/CL_PURPOSE_CODE.yaml").write_text(PURPOSES)
    (tmp_path / "classes/IOT99_manhole.yaml").write_text(CLASS)
    return tmp_path


def test_a_class_is_one_file(folder):
    manhole = loader.load(folder).classes["IOT99"]

    assert [item.id for item in manhole.items] == ["cover_id", "seen_at", "state", "tilt"]
    assert manhole.by_id["tilt"].type.scale == 1
    assert (manhole.by_id["tilt"].minimum, manhole.by_id["tilt"].maximum) == (0, 90)
    assert loader.load(folder).code_lists["CL_STATE"].by_code["01"].zh == "开"


def test_content_repeats_only_where_the_class_says_so(folder):
    path = folder / "classes/IOT99_manhole.yaml"
    before = loader.load(folder).classes["IOT99"].same_content_within
    path.write_text(CLASS.replace("keep: 30d", "keep: 30d\nsame_content_within: 10s"))

    assert before is None
    assert loader.load(folder).classes["IOT99"].same_content_within == timedelta(seconds=10)


def test_a_register_says_what_is_and_may_bring_when_it_was_entered(folder):
    path = folder / "classes/IOT99_manhole.yaml"
    path.write_text(CLASS.replace("time: seen_at", "time: recorded_at"))

    register = loader.load(folder).classes["IOT99"]

    assert register.is_register
    assert "recorded_at" in register.by_id
    assert "recorded_at" not in [item.id for item in register.items]


@pytest.mark.parametrize(
    ("written", "instead", "line", "reason"),
    [
        pytest.param("type: datetime", "type: moment", 14, "未知的类型 moment", id="unknown type"),
        pytest.param("type: string(20)", "type: string", 13, "括号里应为长度", id="text without length"),
        pytest.param("CL_STATE", "CL_NONE", 15, "代码表 CL_NONE 不存在", id="missing code list"),
        pytest.param("  tilt:", "  face_id:", 16, "平台不采集此类信息：face", id="forbidden attribute"),
        pytest.param("  tilt:", "  source:", 16, "source 由平台自用", id="name of a column of ours"),
        pytest.param("unit: °", "also: state", 16, "also 应为", id="other name that is an item"),
        pytest.param("zh: 倾角", "zh: 民族", 16, "平台不采集此类信息：民族", id="forbidden label"),
        pytest.param("  tilt:", "  state:", 16, "state 重复出现", id="duplicate item"),
        pytest.param("unit: °", "units: 度", 16, "未知的键 units", id="unknown key of an item"),
        pytest.param("purpose: P04", "porpoise: P04", 6, "未知的键 porpoise", id="unknown key of a class"),
        pytest.param("[0, 90]", "[90, 0]", 16, "range 应为 [最小, 最大]", id="range upside down"),
        pytest.param("late_by: 1h", "late_by: soon", 9, "late_by 应为时长", id="not a duration"),
        pytest.param("time: seen_at", "time: state", 8, "time 应为本类的一个数据项", id="time is no time"),
        pytest.param("sensitivity: L1", "sensitivity: L5", 7, "sensitivity 应为", id="unknown level"),
        pytest.param("key: true", "key: often", 13, "key 应为 true 或 false", id="flag is no flag"),
        pytest.param(
            "purpose: P04", "purpose: P99", 6, "CL_PURPOSE_CODE 中的代码：P99", id="unknown purpose"
        ),
        pytest.param("purpose: P04", "purpose: []", 6, "（空）", id="no purpose"),
        pytest.param("unit: °", "check: mn", 16, "check 只用于 string", id="check of a number"),
        pytest.param("string(20)", "string(20), check: magic", 13, "check 应为", id="unknown check"),
        pytest.param("string(20)", "string(20), check: id_document", 13, "CL_ID_TYPE", id="kind of document"),
        pytest.param("unit: °", "unit: 度", 16, "unit 应为", id="unknown unit"),
        pytest.param("unit: °", "mask: paint", 16, "mask 应为", id="unknown mask"),
        pytest.param("unit: °", "pi: personal", 16, "tilt 为 L3，高于本类的 L1", id="personal, shown to all"),
        pytest.param("unit: °", "keep: 30d", 16, "keep 应短于本类的 keep", id="kept longer than the record"),
        pytest.param("string(20)", "ref(IOT98)", 13, "所指数据类 IOT98 不存在", id="reference to nothing"),
        pytest.param(
            "keep: 30d", "keep: 30d\nkeep_from: state", 12, "keep_from 应为", id="no end to count from"
        ),
        pytest.param("items:", "items: ]", 12, "", id="not YAML"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(folder, written, instead, line, reason):
    path = folder / "classes/IOT99_manhole.yaml"
    path.write_text(CLASS.replace(written, instead, 1))

    with pytest.raises(CatalogueRefused) as refused:
        loader.load(folder)

    assert refused.value.facts["file"] == "IOT99_manhole.yaml"
    assert refused.value.facts["line"] == line
    assert reason in refused.value.message()


def test_a_class_id_is_used_once(folder):
    (folder / "classes/copy.yaml").write_text(CLASS)

    with pytest.raises(CatalogueRefused, match="IOT99"):
        loader.load(folder)


def test_a_code_list_id_is_used_once(folder):
    (folder / "code_lists/copy.yaml").write_text(CODE_LIST)

    with pytest.raises(CatalogueRefused, match="CL_STATE"):
        loader.load(folder)


def test_unknown_class_and_code_list_are_not_found():
    with pytest.raises(UnknownClass) as unknown:
        facade.get_class("IOT00")
    with pytest.raises(UnknownCodeList):
        facade.code_list("CL_NONE")

    assert (unknown.value.http_status, unknown.value.code) == (404, "unknown_class")


@pytest.mark.parametrize("name", ["face_id", "faceId", "FACE", "dominant-religion", "人脸特征", "党员标志"])
def test_attributes_the_platform_has_no_field_for(name):
    assert forbidden_word(name)


@pytest.mark.parametrize("name", ["surface", "interface_id", "traceability", "device_id", "路面"])
def test_words_that_only_look_forbidden_are_allowed(name):
    assert forbidden_word(name) is None
