"""Tokens of sources: made once, shown once, revoked when in doubt."""

import hashlib
import secrets
from datetime import datetime

from ningjulan.sources.models import SourceToken


def make_token(*, source: str, now: datetime, note: str = "") -> str:
    """Make a token for `source` and return it. It cannot be shown again."""
    token = f"nj_{source}_{secrets.token_urlsafe(24)}"
    SourceToken.objects.create(source=source, token_sha256=digest(token), note=note, created_at=now)
    return token


def revoke_tokens(*, source: str, now: datetime) -> int:
    """Revoke every token of `source` and return how many there were."""
    return SourceToken.objects.filter(source=source, revoked_at__isnull=True).update(revoked_at=now)


def live_tokens() -> dict[str, str]:
    """Return SHA-256 of each live token → its source."""
    rows = SourceToken.objects.filter(revoked_at__isnull=True).values_list("token_sha256", "source")
    return dict(rows)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
