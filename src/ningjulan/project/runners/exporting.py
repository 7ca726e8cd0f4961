"""The snapshot of the platform as it is now. Needs its database; whoever uses the snapshot does not."""

from pathlib import Path

from ningjulan.cleaning import facade as cleaning
from ningjulan.project.runners.snapshot import export_snapshot
from ningjulan.registry import facade as registry
from ningjulan.sources import facade as sources


def export_registry(path: Path) -> None:
    """Write the sources, and places and devices of all tenants they belong to, to `path`."""
    known = [cleaning.source_ref(source) for source in sources.list_sources()]
    tenants = sorted({source.tenant_code for source in known})
    export_snapshot(path, known, [registry.refs(tenant) for tenant in tenants])
