# ruff: noqa: E501  rows of a table stay on one line
"""What cannot be expressed is refused when the file is loaded: with file, line and a sentence to act on."""

import pytest

from ningjulan.scenarios.domain.language import Status
from ningjulan.scenarios.domain.reading.loading import read_scenario
from ningjulan.scenarios.domain.reading.located import ScenarioRefused
from ningjulan.scenarios.tests.samples import CONFIRM, COUNT, EVENT
from ningjulan.scenarios.tests.vocabulary import VOCABULARY

FILES = {CONFIRM: "smoke.yaml", COUNT: "vendor.yaml", EVENT: "door.yaml"}


def refusal_of(text, file):
    with pytest.raises(ScenarioRefused) as caught:
        read_scenario(text, VOCABULARY, file=file)
    return caught.value.facts


def line_of(text, part):
    return text[: text.index(part)].count("\n") + 1


# (what, sample, what stands there, what is written instead, a part of the sentence)
REFUSED = [
    ("unknown key", CONFIRM, "owner: ", "colour: red\nowner: ", "没有“colour”"),
    ("missing key", CONFIRM, "owner: 应急管理站\n", "", "缺少“owner”"),
    ("unknown key inside", CONFIRM, "silence: confirmed", "silense: confirmed", "没有“silense”"),
    ("live without a basis", CONFIRM, "basis: 消防联动处置规程第3条\n", "", "没有依据"),
    ("unknown status", CONFIRM, "status: live", "status: stable", "draft、shadow、live"),
    ("bad id", CONFIRM, "scenario: fire.smoke", "scenario: fire.Smoke", "小写英文"),
    ("id unlike the file name", CONFIRM, "scenario: fire.smoke", "scenario: fire.heat", "一致"),
    ("bad number", CONFIRM, "number: S10", "number: X10", "S10"),
    ("unknown purpose", CONFIRM, "purpose: P02", "purpose: P99", "CL_PURPOSE_CODE"),
    ("title in one language", CONFIRM, "title: {zh: 烟感报警, en", "title: {en", "缺少“zh”"),
    ("key given twice", CONFIRM, "owner: 应急管理站", "owner: 应急管理站\nowner: 乙", "写了两次"),
    ("anchor", CONFIRM, "owner: 应急管理站", "owner: &a 应急管理站", "锚点"),
    ("tag", CONFIRM, "owner: 应急管理站", "owner: !!python/name:os.system", "无法识别"),
    ("broken YAML", CONFIRM, "owner: 应急管理站", "owner: [", "YAML"),
    ("deep nesting", CONFIRM, "owner: 应急管理站", "owner: " + "[" * 300, "嵌套"),
    ("wrong type", CONFIRM, "owner: 应急管理站", "owner: 3", "文本"),
    ("unknown class", CONFIRM, "from: TEMP", "from: RADAR", "没有数据类 RADAR"),
    ("unknown field", CONFIRM, "value >= 60", "degrees >= 60", "没有字段 degrees"),
    ("number compared with text", CONFIRM, "value >= 60", "value >= '60'", "数字和文本"),
    ("no condition", CONFIRM, "value >= 60", "value + 60", "是或否"),
    ("function", CONFIRM, "value >= 60", "open('/etc/passwd')", "不认识的函数"),
    ("unknown parameter", CONFIRM, "value >= 60", "value >= $heat", "没有名为 heat 的参数"),
    ("unknown key field", CONFIRM, "key: building_id", "key: flat", "没有字段 flat"),
    ("empty key", CONFIRM, "key: building_id", "key: []", "key 应为"),
    ("unknown signal", CONFIRM, "first: smoke", "first: smog", "没有名为 smog 的信号"),
    ("unused signal", CONFIRM, "      - {signal: heat}\n", "", "信号 heat 没有用到"),
    ("unused parameter", COUNT, "at_least: $times", "at_least: 3", "times 没有用到"),
    ("default outside its limits", CONFIRM, "default: 3m", "default: 20s", "min、max"),
    ("duration without a unit", CONFIRM, "default: 3m", "default: 180", "时长"),
    ("endless window", CONFIRM, "within: $confirm_within", "within: 9999d", "时间窗"),
    ("infinite window", CONFIRM, "within: $confirm_within", "within: .inf", "时长"),
    ("unknown level", CONFIRM, "default: major", "default: loud", "minor"),
    ("level by field", CONFIRM, "default: major,", "default: major, \"device_id == 'A'\": minor,", "只能使用 n"),
    ("falling level", CONFIRM, "confirmed: critical", "confirmed: minor, pending: major", "pending"),
    ("unknown field in the message", CONFIRM, "{address_text}", "{resident}", "没有字段 resident"),
    ("attribute in the message", CONFIRM, "{address_text}", "{address_text.__class__}", "花括号|字段名"),
    ("unpaired brace", CONFIRM, "{address_text}", "{address_text", "花括号|字段名"),
    ("no_data not spoken yet", CONFIRM, "no_data: keep", "no_data: raise", "no_data"),
    ("two ways to clear", CONFIRM, "hold: 10m", "hold: 10m, quiet: 5m", "clear"),
    ("action not spoken yet", CONFIRM, "then:\n", "then:\n  - notify: {role: 网格员, via: app}\n", "notify"),
    ("unknown category", CONFIRM, "category: C06", "category: C88", "CL_CATEGORY"),
    ("deadline of nothing", CONFIRM, "resolve: 2h", "resolve: 0s", "之间"),
    ("unknown merge", CONFIRM, "merge: open", "merge: all", "never"),
    ("consultation not spoken yet", CONFIRM, "then:\n", "review: {consult: [平安办]}\nthen:\n", "会商"),
    ("story of another class", CONFIRM, "{t: 60s, SMOKE", "{t: 60s, DOOR", "没有信号来自数据类 DOOR"),
    ("unknown field in a story", CONFIRM, "value: normal", "valu: normal", "没有字段 valu"),
    ("story without a time", CONFIRM, "{at: 60s,", "{at: soon,", "时长"),
    ("two stories of one name", CONFIRM, "name: 恢复后取消", "name: 第二个探测器确认", "重复"),
    ("count too high to remember", COUNT, "at_least: $times", "at_least: 1000", "整数"),
    ("count that cannot be reached", COUNT, "default: 30m", "default: 6d", "永远不会触发"),
    ("undefined pair", COUNT, "spacing: $spacing", "spacing: $spacing, distinct: kind", "不能同时"),
    ("unknown fact", COUNT, "fact: licensed_stall, match", "fact: market, match", "没有名为 market 的事实"),
    ("unknown field of a fact", COUNT, "match: {cell: cell}", "match: {street: cell}", "没有字段 street"),
    ("fact that always matches", COUNT, "match: {cell: cell}", "match: {}", "match"),
    ("personal item not declared", COUNT, "coalesce(confidence, 1) >= 0.8", "plate_no == 'A'", "sees"),
    ("gender", COUNT, "coalesce(confidence, 1) >= 0.8", "sex == '1'", "PR-14"),
    ("health outside epidemic and care", COUNT, "coalesce(confidence, 1) >= 0.8", "disease == '1'", "PR-14"),
    ("petitioners as a value", COUNT, "kind == '占道经营'", "kind == '上访人员'", "PR-14"),
    ("a shape is no text", COUNT, "kind == '占道经营'", "region == 'A'", "不可比较"),
    ("declared, not read", COUNT, "status: live", "status: live\nsees: [CAMERA.plate_no]", "没有被读取"),
    ("unknown type of parameter", COUNT, "type: int", "type: integer", "int"),
    ("half a count", COUNT, "default: 3, min: 2", "default: 3.5, min: 2", "整数"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sample", "old", "new", "part"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refused_with_file_line_and_reason(sample, old, new, part):
    assert old in sample

    facts = refusal_of(sample.replace(old, new, 1), FILES[sample])

    assert facts["file"] == FILES[sample]
    assert any(word in facts["reason"] for word in part.split("|")), facts["reason"]
    assert 1 <= facts["line"] <= sample.count("\n") + 2


@pytest.mark.parametrize("word", ["hold", "sequence", "absent", "measure", "query"])
def test_form_not_spoken_yet_is_refused(word):
    text = EVENT.replace("event: {signal: opened, settle: $settle}", f"{word}: {{signal: opened}}")

    assert "尚未支持" in refusal_of(text, "door.yaml")["reason"]


def test_refusal_points_at_the_line():
    text = CONFIRM.replace("value >= 60", "degrees >= 60")

    assert refusal_of(text, "smoke.yaml")["line"] == line_of(text, "degrees")


def test_two_forms_are_refused():
    text = EVENT.replace("  event: {", "  count: {signal: opened, at_least: 2, within: 1h}\n  event: {")

    assert "恰好有一种" in refusal_of(text, "door.yaml")["reason"]


def test_live_scenario_needs_a_story_that_stays_quiet():
    quiet = "  - name: 恢复后取消"
    text = (
        CONFIRM[: CONFIRM.index(quiet)]
        + CONFIRM[CONFIRM.index("  - name: 第二") : CONFIRM.index("  - name: 同一")]
    )
    text = text[::-1].replace("第二个探测器确认"[::-1], "再来一次"[::-1], 1)[::-1]

    assert "不预警" in refusal_of(text, "smoke.yaml")["reason"]


def test_draft_needs_neither_basis_nor_stories():
    text = CONFIRM[: CONFIRM.index("tests:")] + "tests: []\n"
    text = text.replace("status: live", "status: draft").replace("basis: 消防联动处置规程第3条\n", "")

    assert read_scenario(text, VOCABULARY, file="smoke.yaml").status is Status.DRAFT


def test_declared_personal_item_may_be_read():
    text = COUNT.replace("coalesce(confidence, 1) >= 0.8", "plate_no == 'A'")
    text = text.replace("status: live", "status: live\nsees: [CAMERA.plate_no]")

    assert read_scenario(text, VOCABULARY, file="vendor.yaml").sees == ("CAMERA.plate_no",)


def test_epidemic_module_may_read_an_illness():
    text = COUNT.replace("coalesce(confidence, 1) >= 0.8", "disease == '1'")
    text = text.replace("purpose: P04", "purpose: P06")

    assert "disease" in read_scenario(text, VOCABULARY, file="vendor.yaml").reads


def test_file_that_is_too_large_is_refused():
    assert "字符" in refusal_of(CONFIRM + "#" * 70_000, "smoke.yaml")["reason"]
