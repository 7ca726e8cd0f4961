import pytest


@pytest.fixture(autouse=True)
def own_keys_and_anchor(settings, tmp_path):
    settings.SEALING_KEY_FILE = tmp_path / "keys.json"
    settings.AUDIT_ANCHOR_FILE = tmp_path / "heads.log"
    settings.SEALING = "sm4"
