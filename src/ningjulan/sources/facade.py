"""What other modules may ask about sources."""

from ningjulan.sources.canary import canary_of, is_canary
from ningjulan.sources.manifest import Source, find_source, get_source, list_sources
from ningjulan.sources.readers import areas_in, look_at, read_file, units_in
from ningjulan.sources.services import digest, live_tokens, make_token, revoke_tokens

__all__ = [
    "Source",
    "areas_in",
    "canary_of",
    "digest",
    "find_source",
    "get_source",
    "is_canary",
    "list_sources",
    "live_tokens",
    "look_at",
    "make_token",
    "read_file",
    "revoke_tokens",
    "units_in",
]
