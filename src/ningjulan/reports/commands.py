"""What the command line asks for: plain values, ready to be printed."""

from typing import Any

from ningjulan.foundation.actors import SYSTEM
from ningjulan.reports.presenting import as_json
from ningjulan.reports.stats import case_statistics


def stats_cases(*, source: str | None, tenant: str | None = None) -> dict[str, Any]:
    """Return the case figures of a source or tenant (`ningjulan stats cases --source … --json`)."""
    return as_json(case_statistics(source=source, tenant_code=tenant, actor=SYSTEM))
