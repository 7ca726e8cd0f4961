"""The ciphers: SM4-GCM with HMAC-SM3, or AES-256-GCM with HMAC-SHA-256. Pure: bytes and keys in, bytes out.

Sources: GB/T 32907 (SM4), GB/T 32905 (SM3), RFC 8998 (SM4-GCM), NIST SP 800-38D (GCM).
"""

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12
TAG_BYTES = 16


class TagRefused(Exception):
    """The tag does not fit: the ciphertext, the key or the associated data is another."""


@dataclass(frozen=True)
class Suite:
    """A cipher and a hash that belong together.

    `number` is the first byte of everything sealed with it. `encrypt` and `decrypt` take key, nonce, text and
    associated data; the ciphertext ends with the tag.
    """

    number: int
    name: str
    key_bytes: int
    hash: Callable[[], hashes.HashAlgorithm]
    encrypt: Callable[[bytes, bytes, bytes, bytes], bytes]
    decrypt: Callable[[bytes, bytes, bytes, bytes], bytes]

    def derived(self, secret: bytes, purpose: bytes) -> bytes:
        """Return the key that `secret` gives for one purpose, of the length this cipher takes (HKDF)."""
        info = b"ningjulan " + self.name.encode() + b" " + purpose
        return HKDF(algorithm=self.hash(), length=self.key_bytes, salt=None, info=info).derive(secret)

    def mac(self, key: bytes) -> hmac.HMAC:
        """Return a keyed hash to be copied for each value: keying it costs more than a short text."""
        return hmac.HMAC(key, self.hash())


def _sm4_encrypt(key: bytes, nonce: bytes, text: bytes, associated: bytes) -> bytes:
    encryptor = Cipher(SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(associated)
    return encryptor.update(text) + encryptor.finalize() + encryptor.tag


def _sm4_decrypt(key: bytes, nonce: bytes, sealed: bytes, associated: bytes) -> bytes:
    body, tag = sealed[:-TAG_BYTES], sealed[-TAG_BYTES:]
    decryptor = Cipher(SM4(key), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(associated)
    try:
        return decryptor.update(body) + decryptor.finalize()
    except InvalidTag:
        raise TagRefused from None


def _aes_encrypt(key: bytes, nonce: bytes, text: bytes, associated: bytes) -> bytes:
    return AESGCM(key).encrypt(nonce, text, associated)


def _aes_decrypt(key: bytes, nonce: bytes, sealed: bytes, associated: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(nonce, sealed, associated)
    except InvalidTag:
        raise TagRefused from None


SUITES = {
    "sm4": Suite(1, "sm4-gcm", 16, hashes.SM3, _sm4_encrypt, _sm4_decrypt),
    "aes": Suite(2, "aes-gcm", 32, hashes.SHA256, _aes_encrypt, _aes_decrypt),
}
"""Setting → suite."""

SUITE_OF_NUMBER = {suite.number: suite for suite in SUITES.values()}
