"""When the front end is built, and what happens when it cannot be."""

import subprocess

import pytest
from hatch_build import bring_up_to_date, fingerprint


@pytest.fixture
def web(tmp_path):
    web = tmp_path / "web"
    (web / "src").mkdir(parents=True)
    (web / "index.html").write_text("<html>")
    (web / "src" / "main.ts").write_text("start()")
    return web


@pytest.fixture
def built(tmp_path):
    return tmp_path / "built"


class Builder:
    """Fills `built` like the real one, or fails like it."""

    def __init__(self, built):
        self.built = built
        self.n_builds = 0
        self.says = None

    def __call__(self, web):
        if self.says:
            raise subprocess.CalledProcessError(1, "npm", output=self.says)
        self.n_builds += 1
        self.built.mkdir(exist_ok=True)
        (self.built / "index.html").write_text(f"build {self.n_builds}")


def test_it_is_built_once_for_the_same_files(web, built):
    builder = Builder(built)

    bring_up_to_date(web, built, builder)
    (web / "node_modules").mkdir()
    (web / "node_modules" / "x.js").write_text("installed")
    bring_up_to_date(web, built, builder)

    assert builder.n_builds == 1


@pytest.mark.parametrize("name", ["index.html", "src/main.ts", "src/new.ts", "package-lock.json"])
def test_a_changed_file_builds_it_anew(web, built, name):
    builder = Builder(built)
    bring_up_to_date(web, built, builder)

    (web / name).write_text("changed")
    bring_up_to_date(web, built, builder)

    assert builder.n_builds == 2


def test_a_renamed_file_is_a_change(web):
    before = fingerprint(web)

    (web / "src" / "main.ts").rename(web / "src" / "start.ts")

    assert fingerprint(web) != before


def test_an_older_build_serves_on_when_building_fails(web, built):
    builder = Builder(built)
    bring_up_to_date(web, built, builder)
    (web / "src" / "main.ts").write_text("changed")

    builder.says = "npm error: the registry does not answer"
    bring_up_to_date(web, built, builder)
    kept, why = (built / "index.html").read_text(), (built / ".failed").read_text()
    builder.says = None
    bring_up_to_date(web, built, builder)

    assert kept == "build 1"
    assert "registry does not answer" in why
    assert (built / "index.html").read_text() == "build 2"
    assert not (built / ".failed").exists()


def test_without_an_older_build_the_reason_is_given(web, built):
    builder = Builder(built)
    builder.says = "npm error: the registry does not answer"

    with pytest.raises(SystemExit, match="registry does not answer"):
        bring_up_to_date(web, built, builder)
