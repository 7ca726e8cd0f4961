"""`ningjulan stop`: asks the supervisor to stop everything, and waits until it has."""

from pathlib import Path

import psutil

from ningjulan.foundation.errors import TemporarilyDown
from ningjulan.project.processes.ownership import find_platform

WITHIN_S = 90.0


class StillStopping(TemporarilyDown):
    code = "still_stopping"
    message_zh = "平台（进程 {pid}）{seconds} 秒内没有停下，请查看 {folder} 下的日志"
    message_en = "The platform (process {pid}) has not stopped within {seconds} s; see the logs in {folder}"


def stop(var: Path) -> bool:
    """Stop the platform of `var`. Return False when none runs."""
    platform = find_platform(var)
    if platform is None:
        return False
    supervisor = psutil.Process(platform.pid)
    supervisor.terminate()
    try:
        supervisor.wait(WITHIN_S)
    except psutil.TimeoutExpired:
        raise StillStopping(pid=platform.pid, seconds=round(WITHIN_S), folder=str(var / "log")) from None
    return True
