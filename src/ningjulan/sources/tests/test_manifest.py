"""A source is a folder with a manifest; a wrong manifest is refused with its reason."""

import pytest

from ningjulan.sources import manifest
from ningjulan.sources.manifest import ManifestRefused, UnknownSource, find_source, get_source, list_sources

MANIFEST = """\
title = {zh = "试验来源", en = "Test source"}
tenant = "330109013"
owner = "试验站"
purpose = "test"
token_env = "NINGJULAN_TOKEN_TEST"
classes = ["IOT12", "BIZ16"]
crs = "gcj02"
intake = "live"
unknown = ["-"]
codes = "codes.toml"
[file]
encoding = "gb18030"
[columns]
id = "msg_id"
"""
CODES = '[alarm_kind]\n"1" = "FIRE"\n'


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "test_source"
    path.mkdir()
    (path / "manifest.toml").write_text(MANIFEST)
    (path / "codes.toml").write_text(CODES)
    return path


def test_a_manifest_says_whose_data_these_are_and_how_they_are_written(folder):
    source = manifest.load(folder / "manifest.toml")

    assert (source.name, source.tenant_code, source.crs, source.intake) == (
        "test_source",
        "330109013",
        "gcj02",
        "live",
    )
    assert (source.columns, source.codes) == ({"id": "msg_id"}, {"alarm_kind": {"1": "FIRE"}})
    assert (source.classes, source.unknown, source.encoding) == (("IOT12", "BIZ16"), {"-"}, "gb18030")
    assert not source.has_reader


@pytest.mark.parametrize(
    ("written", "instead", "reason"),
    [
        pytest.param('owner = "试验站"\n', "", "缺少 owner", id="key missing"),
        pytest.param("owner", "owners", "缺少 owner", id="key misspelt"),
        pytest.param("unknown", "unknwon", "未知的键 unknwon", id="unknown key"),
        pytest.param('"gcj02"', '"gcj-02"', "crs 应为", id="unknown coordinate system"),
        pytest.param('"live"', '"batch"', "intake 应为", id="unknown intake"),
        pytest.param('"gb18030"', '"latin-1"', "file.encoding 应为", id="unknown encoding"),
        pytest.param("encoding =", "encodings =", "[file] 中未知的键 encodings", id="unknown key of a table"),
        pytest.param('"IOT12"', '"IOT00"', "没有数据类 IOT00", id="unknown class"),
        pytest.param('["IOT12", "BIZ16"]', "[]", "至少列出一个数据类", id="no class"),
        pytest.param('"msg_id"', '"message"', "不是所列数据类的数据项", id="column to nowhere"),
        pytest.param('"330109013"', '"3301"', "tenant 应为", id="tenant is no area"),
        pytest.param("NINGJULAN_TOKEN", "TOKEN", "token_env 应为", id="token from anywhere"),
        pytest.param('zh = "试验来源", ', "", "title 应为", id="title in one language"),
        pytest.param("[file]\n", "[file]\nmax_mib = 0\n", "max_mib 应为正整数", id="no room"),
        pytest.param("crs =", "crs", "", id="not TOML"),
    ],
)
def test_a_wrong_manifest_is_refused(folder, written, instead, reason):
    (folder / "manifest.toml").write_text(MANIFEST.replace(written, instead, 1))

    with pytest.raises(ManifestRefused) as refused:
        manifest.load(folder / "manifest.toml")

    assert refused.value.facts["file"] == "test_source/manifest.toml"
    assert reason in refused.value.message()


@pytest.mark.parametrize(
    ("codes", "reason"),
    [
        pytest.param(
            '[alarm_kind]\n"1" = "SMOKE"\n', "SMOKE 不在 CL_FIRE_STATE 中", id="code we do not have"
        ),
        pytest.param('[msg_id]\n"1" = "2"\n', "[msg_id] 不是所列数据类的代码项", id="item without codes"),
    ],
)
def test_wrong_codes_are_refused(folder, codes, reason):
    (folder / "codes.toml").write_text(codes)

    with pytest.raises(ManifestRefused) as refused:
        manifest.load(folder / "manifest.toml")

    assert reason in refused.value.message()


def test_the_sources_that_ship_are_all_readable():
    names = [source.name for source in list_sources()]

    assert names == sorted(names)
    assert {"civic_cases", "hotline_12345", "resident_reports", "town_iot", "town_video"} <= set(names)


def test_an_unknown_source_is_not_found():
    assert find_source("nobody") is None
    with pytest.raises(UnknownSource) as unknown:
        get_source("nobody")
    assert unknown.value.http_status == 404


def test_tokens_come_from_variables_of_their_own():
    variables = [source.token_env for source in list_sources()]

    assert len(set(variables)) == len(variables)
