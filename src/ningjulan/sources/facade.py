"""What other modules may ask about sources."""

from ningjulan.sources.manifest import find_source, get_source, list_sources
from ningjulan.sources.services import digest, live_tokens, make_token, revoke_tokens

__all__ = [
    "digest",
    "find_source",
    "get_source",
    "list_sources",
    "live_tokens",
    "make_token",
    "revoke_tokens",
]
