"""Codes of places and things: how they are built and checked. Pure text, no tables.

Areas are prefix-hierarchical: district 6, street 9, community 12, grid 15 digits, so that "X covers Y" is
`Y.startswith(X)`. Grids follow GB/T 30428.1 (district 6 + street 3 + community 3 + sequence 3).
"""

from collections.abc import Iterable
from uuid import UUID

DISTRICT, STREET, COMMUNITY, GRID = 6, 9, 12, 15
LEVEL_OF_LENGTH = {DISTRICT: "district", STREET: "street", COMMUNITY: "community", GRID: "grid"}

_CHECK_CHARACTERS = "10X98765432"  # ISO 7064 MOD 11-2, as on identity cards


def level_of(area_code: str) -> str:
    """Return `district`, `street`, `community` or `grid`; raise `ValueError` for another length."""
    try:
        return LEVEL_OF_LENGTH[len(area_code)]
    except KeyError:
        raise ValueError(f"not an area code: {area_code!r}") from None


def parent_of(area_code: str) -> str | None:
    """Return the code one level up, or `None` for a district."""
    length = {STREET: DISTRICT, COMMUNITY: STREET, GRID: COMMUNITY}.get(len(area_code))
    return area_code[:length] if length else None


def community_of(area_code: str) -> str | None:
    """Return the community part of a community or grid code, or `None` above that level."""
    return area_code[:COMMUNITY] if len(area_code) >= COMMUNITY else None


def tenant_of(area_code: str, tenants: Iterable[str]) -> str | None:
    """Return the most specific tenant that covers `area_code`, or `None`."""
    covering = [tenant for tenant in tenants if area_code.startswith(tenant)]
    return max(covering, key=len, default=None)


def check_character(digits: str) -> str:
    """Return the ISO 7064 MOD 11-2 character of a string of digits."""
    remainder = 0
    for digit in digits:
        remainder = (remainder + int(digit)) * 2 % 11
    return _CHECK_CHARACTERS[remainder]


def is_uuid(text: str) -> bool:
    """Can this be the id of an address, a building, a person?"""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def is_address_code(code: str) -> bool:
    """Is this 29 digits and their check character?

    Layout: community 12, class 1 (1 compound, 2 street door, 3 village group, 9 other), compound 4,
    building 4, unit 2 (00 none), floor 3 (`B01` below ground), room 3.
    """
    body, check = code[:-1].replace("B", "9"), code[-1:]
    return len(code) == 30 and body.isascii() and body.isdigit() and check == check_character(body)


def device_code(*, civil_code: str, industry: str, device_type: str, sequence: int, network: int = 6) -> str:
    """Return a 20-digit GB/T 28181 id (rule A): area 8, industry 2, type 3, network 1, sequence 6.

    Network 6 is the government extranet (电子政务外网).
    """
    code = f"{civil_code[:8]:0<8}{industry}{device_type}{network}{sequence:06d}"
    if len(code) != 20 or not code.isdigit():
        raise ValueError(f"not a GB/T 28181 id: {code!r}")
    return code


def component_code(*, district: str, major: str, minor: str, sequence: int) -> str:
    """Return a 16-digit component code of GB/T 30428.2: district 6, major 2, minor 2, sequence 6."""
    code = f"{district}{major}{minor}{sequence:06d}"
    if len(code) != 16 or not code.isdigit():
        raise ValueError(f"not a component code: {code!r}")
    return code
