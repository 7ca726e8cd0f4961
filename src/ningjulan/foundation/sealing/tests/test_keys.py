import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from ningjulan.foundation.sealing import KeyFileRefused, UnknownKey, seal, unseal
from ningjulan.foundation.sealing.keys import IndexKey, KeyFile


def test_the_first_start_makes_a_file_that_only_its_owner_reads(tmp_path):
    path = tmp_path / "keys" / "keys.json"

    newest = KeyFile(path).newest()

    assert path.stat().st_mode & 0o777 == 0o600
    assert list(json.loads(path.read_text())["sealing"]) == [newest]
    assert [file.name for file in path.parent.iterdir()] == ["keys.json"]


def test_processes_that_start_together_take_the_same_keys(tmp_path):
    sources = [KeyFile(tmp_path / "keys.json") for _ in range(8)]

    with ThreadPoolExecutor(8) as pool:
        newest = set(pool.map(KeyFile.newest, sources))

    assert len(newest) == 1


def test_a_rotation_is_seen_by_the_processes_that_run(tmp_path):
    running, commanding = (KeyFile(tmp_path / "keys.json") for _ in range(2))
    before = running.newest()

    key_id = commanding.rotate()

    assert running.newest() == key_id
    assert running.ids() == [before, key_id]
    assert running.index() == commanding.index()


def test_a_file_that_others_may_read_is_refused(tmp_path):
    path = tmp_path / "keys.json"
    KeyFile(path).newest()
    path.chmod(0o640)

    with pytest.raises(KeyFileRefused, match="sealing_key_file_refused"):
        KeyFile(path).newest()


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"sealing": {"aa": "bb"}, "index": "", "signing": ""}'])
def test_half_a_file_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "keys.json"
    path.write_text(content)
    path.chmod(0o600)

    with pytest.raises(KeyFileRefused):
        KeyFile(path).newest()

    assert path.read_text() == content


class KeyService:
    """A key service as a district might have one."""

    def newest(self) -> str:
        return "00000001"

    def ids(self) -> list[str]:
        return ["00000001"]

    def sealing(self, key_id: str) -> bytes:
        if key_id != "00000001":
            raise UnknownKey(key_id=key_id)
        return bytes(32)

    def index(self) -> IndexKey:
        return IndexKey("sm4", bytes(32))

    def signing(self) -> bytes:
        return bytes(32)

    def rotate(self) -> str:
        raise NotImplementedError("the service rotates by itself")


def test_a_key_service_named_by_the_setting_gives_the_keys(settings, tmp_path):
    settings.SEALING_KEY_FILE = tmp_path / "keys.json"
    settings.SEALING_KEYS = f"{__name__}:KeyService"

    sealed = seal("text", "a.b")

    assert sealed[1:5].hex() == "00000001"
    assert unseal(sealed, "a.b") == "text"
    assert not settings.SEALING_KEY_FILE.exists()
