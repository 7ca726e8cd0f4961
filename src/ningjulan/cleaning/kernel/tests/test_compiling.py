"""Where compiled functions are kept: wherever the service may write, and never among another user's files."""

import tempfile
from pathlib import Path

import pytest

from ningjulan.cleaning.kernel.compiling import cache_folder


def test_the_folder_that_is_given_is_taken(tmp_path):
    folder = cache_folder(str(tmp_path / "given"), {"HOME": str(tmp_path / "home")})

    assert folder.parent == tmp_path / "given"
    assert folder.is_dir()


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param({"HOME": "home"}, "home/.cache/ningjulan", id="home"),
        pytest.param(
            {"HOME": "home", "XDG_CACHE_HOME": "xdg"}, "xdg/ningjulan", id="cache folder of the user"
        ),
    ],
)
def test_else_that_of_the_user(tmp_path, environ, expected):
    folder = cache_folder("", {name: str(tmp_path / path) for name, path in environ.items()})

    assert folder.parent == tmp_path / expected


@pytest.mark.parametrize("home", ["", "a_file"])
def test_a_service_without_a_home_writes_to_the_temporary_folder(tmp_path, monkeypatch, home):
    (tmp_path / "a_file").write_text("not a folder")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))

    folder = cache_folder("", {"HOME": str(tmp_path / home)} if home else {})

    assert Path(tmp_path / "tmp") in folder.parents


def test_the_files_of_another_user_are_not_run(tmp_path, monkeypatch):
    folder = cache_folder(str(tmp_path), {})
    monkeypatch.setattr("os.getuid", lambda: folder.stat().st_uid + 1)

    assert cache_folder(str(tmp_path), {}) != folder
