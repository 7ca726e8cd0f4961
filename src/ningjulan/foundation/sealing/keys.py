"""Where the keys are: a file under the var folder, made on first use, or a key service named by a setting.

The file holds, in hexadecimal, the sealing keys by their id (the newest is used, the older ones still open),
the key of the blind index, and the seed with which the audit trail is signed. Whoever has it and the database
has everything; whoever loses it has lost the numbers. It is backed up apart from the database.
"""

import json
import os
import secrets
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Protocol

from django.conf import settings

from ningjulan.foundation.errors import NingjulanError
from ningjulan.foundation.sealing.suites import SUITES

SECRET_BYTES = 32
OTHERS = 0o077


class UnknownKey(NingjulanError):
    code = "sealing_key_unknown"
    message_zh = "密钥 {key_id} 不在密钥文件中：请恢复与数据库同一时期的密钥文件备份"
    message_en = "Key {key_id} is not among the keys; restore the key file that belongs to this database"


class KeyFileRefused(NingjulanError):
    code = "sealing_key_file_refused"
    message_zh = "密钥文件 {path} 不能使用：{why}"
    message_en = "The key file {path} cannot be used: {why}"


@dataclass(frozen=True)
class IndexKey:
    """The blind index keeps the hash it began with: another one would find nothing of what is there."""

    suite: str  # "sm4" | "aes"
    secret: bytes


class KeySource(Protocol):
    """Who gives the keys. `NINGJULAN_KEYS=package.module:callable` names a callable that returns one.

    Secrets are 32 bytes each. A key service (KMS, HSM) that hands out no secret can derive them inside.
    """

    def newest(self) -> str:
        """Return the id (eight hexadecimal digits) of the key to seal with."""
        ...

    def sealing(self, key_id: str) -> bytes:
        """Return the secret of a key, or raise `UnknownKey`."""
        ...

    def ids(self) -> list[str]:
        """Return the ids of all keys that open, oldest first."""
        ...

    def index(self) -> IndexKey:
        """Return the key of the blind index, which is never rotated."""
        ...

    def signing(self) -> bytes:
        """Return the seed of the Ed25519 key that signs the heads of the audit trail."""
        ...

    def rotate(self) -> str:
        """Make a new sealing key, the newest from now on, and return its id."""
        ...


@dataclass(frozen=True)
class _Secrets:
    sealing: dict[str, bytes]  # in the order they were made
    index: IndexKey
    signing: bytes


class KeyFile:
    """A JSON file that only its owner can read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp: tuple[int, int] | None = None
        self._secrets: _Secrets | None = None

    def newest(self) -> str:
        return self.ids()[-1]

    def ids(self) -> list[str]:
        return list(self._read().sealing)

    def sealing(self, key_id: str) -> bytes:
        try:
            return self._read().sealing[key_id]
        except KeyError:
            raise UnknownKey(key_id=key_id) from None

    def index(self) -> IndexKey:
        return self._read().index

    def signing(self) -> bytes:
        return self._read().signing

    def rotate(self) -> str:
        kept = self._read()
        key_id = _new_id()
        self._write(_Secrets({**kept.sealing, key_id: _new_secret()}, kept.index, kept.signing))
        return key_id

    def _read(self) -> _Secrets:
        """Return what the file holds now: another process may have rotated meanwhile."""
        try:
            status = self.path.stat()
        except FileNotFoundError:
            self._make()
            status = self.path.stat()
        stamp = (status.st_mtime_ns, status.st_ino)
        if self._secrets is None or stamp != self._stamp:
            if status.st_mode & OTHERS:
                raise KeyFileRefused(path=self.path, why="其他账户可以读取，请改为仅所有者可读（chmod 600）")
            self._secrets, self._stamp = _parsed(self.path), stamp
        return self._secrets

    def _make(self) -> None:
        """Make the first keys. Of two processes that start together, the slower takes the other's."""
        index = IndexKey(settings.SEALING, _new_secret())
        new = _Secrets({_new_id(): _new_secret()}, index, signing=_new_secret())
        draft = self._draft(new)
        try:
            os.link(draft, self.path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()

    def _write(self, new: _Secrets) -> None:
        self._draft(new).replace(self.path)

    def _draft(self, new: _Secrets) -> Path:
        """Write a file beside the real one, readable by its owner only, whole on the disk."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}-")
        with os.fdopen(handle, "w") as file:
            json.dump(
                {
                    "sealing": {key_id: secret.hex() for key_id, secret in new.sealing.items()},
                    "index": {"suite": new.index.suite, "secret": new.index.secret.hex()},
                    "signing": new.signing.hex(),
                },
                file,
                indent=1,
            )
            file.flush()
            os.fsync(file.fileno())
        return Path(name)


def _new_id() -> str:
    """Return a random id: a key file made anew after a loss does not pretend to be the lost one."""
    return secrets.token_hex(4)


def _new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def _parsed(path: Path) -> _Secrets:
    try:
        content = json.loads(path.read_text())
        found = _Secrets(
            {str(key_id): bytes.fromhex(secret) for key_id, secret in content["sealing"].items()},
            index=IndexKey(content["index"]["suite"], bytes.fromhex(content["index"]["secret"])),
            signing=bytes.fromhex(content["signing"]),
        )
        known = found.index.suite in SUITES
        whole = known and all(
            len(s) == SECRET_BYTES for s in (*found.sealing.values(), found.index.secret, found.signing)
        )
        if found.sealing and whole and all(len(bytes.fromhex(key_id)) == 4 for key_id in found.sealing):
            return found
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise KeyFileRefused(path=path, why="内容不完整，请从备份恢复")


@lru_cache(maxsize=8)
def _source(named: str, path: Path) -> KeySource:
    if not named:
        return KeyFile(path)
    module, _, attribute = named.partition(":")
    source: KeySource = getattr(import_module(module), attribute)()
    return source


def keys() -> KeySource:
    """Return where this installation's keys are."""
    return _source(settings.SEALING_KEYS, Path(settings.SEALING_KEY_FILE))
