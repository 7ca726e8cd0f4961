import pytest
from cryptography.hazmat.primitives import hashes

from ningjulan.foundation.sealing.suites import SUITES, TagRefused

RFC_8998_KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")
RFC_8998_NONCE = bytes.fromhex("00001234567800000000abcd")
RFC_8998_ASSOCIATED = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
RFC_8998_TEXT = bytes.fromhex(
    "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
    "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"
)
RFC_8998_SEALED = bytes.fromhex(
    "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
    "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    "83de3541e4c2b58177e065a9bf7b62ec"
)


def digest(text: bytes) -> str:
    sm3 = hashes.Hash(hashes.SM3())
    sm3.update(text)
    return sm3.finalize().hex()


def test_sm3_of_the_printed_example():
    assert digest(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_sm4_gcm_of_the_printed_example():
    sm4 = SUITES["sm4"]

    sealed = sm4.encrypt(RFC_8998_KEY, RFC_8998_NONCE, RFC_8998_TEXT, RFC_8998_ASSOCIATED)

    assert sealed == RFC_8998_SEALED
    assert sm4.decrypt(RFC_8998_KEY, RFC_8998_NONCE, sealed, RFC_8998_ASSOCIATED) == RFC_8998_TEXT


def test_hmac_sm3_of_a_known_pair():
    """Computed with OpenSSL: `printf abc | openssl dgst -sm3 -hmac key`."""
    mac = SUITES["sm4"].mac(b"key")
    mac.update(b"abc")

    assert mac.finalize().hex() == "28e63256e7c5a087b1f073265dc53092163f7b82729735d06f28f10af9d52393"


@pytest.mark.parametrize("name", ["sm4", "aes"])
def test_a_changed_bit_is_refused(name):
    suite = SUITES[name]
    key, nonce = bytes(suite.key_bytes), bytes(12)
    sealed = suite.encrypt(key, nonce, b"text", b"place")

    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(TagRefused):
            suite.decrypt(key, nonce, bytes(changed), b"place")
