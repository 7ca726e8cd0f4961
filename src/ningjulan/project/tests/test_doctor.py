"""The doctor goes through all checks, whatever they find."""

import pytest

from ningjulan.project.doctor import CHECKS, Broken, examine, scenarios_are_sound, sources_are_sound


def test_what_we_ship_is_sound(tmp_path):
    findings = examine(tmp_path, [("", "", scenarios_are_sound), ("", "", sources_are_sound)])

    assert [finding.detail for finding in findings if not finding.is_well] == []


def test_a_broken_check_does_not_hide_the_next_one(tmp_path, monkeypatch):
    monkeypatch.setenv("NINGJULAN_LANG", "en")

    def broken(var):
        raise Broken(what_zh="坏了", what_en="It is broken")

    def crashes(var):
        raise KeyError("name")

    findings = examine(tmp_path, [("甲", "A", broken), ("乙", "B", crashes), ("丙", "C", lambda var: "fine")])

    assert [(f.subject_en, f.is_well, f.detail) for f in findings] == [
        ("A", False, "It is broken"),
        ("B", False, "KeyError: 'name'"),
        ("C", True, "fine"),
    ]


@pytest.mark.parametrize("subject", [zh for zh, _, _ in CHECKS])
def test_every_subject_has_both_languages(subject):
    zh, en, _ = next(row for row in CHECKS if row[0] == subject)

    assert zh
    assert en.isascii()
