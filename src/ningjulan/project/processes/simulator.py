"""The simulator: sends the demo town's traffic to the front door until it is told to stop."""

import argparse
import logging
import os
from collections.abc import Callable

from ningjulan.foundation.errors import TemporarilyDown
from ningjulan.project.bootstrap import set_up_django


class PlatformNotRunning(TemporarilyDown):
    code = "platform_not_running"
    message_zh = "没有正在运行的演示平台，请先用 ningjulan run 启动"
    message_en = "No demo platform is running; start one with ningjulan run"


def main(rate: float, minutes: float | None, seed: int, on_sent: Callable[[int], None]) -> int:
    """Send traffic to NINGJULAN_WEB_URL with the demo tokens; return how many records were taken.

    Raises:
        PlatformNotRunning: There is no door to send to.
        TownMissing: The demo town has not been loaded.
    """
    from ningjulan.project import demo, settings
    from ningjulan.project.simulator import simulate

    url, made = os.environ.get("NINGJULAN_WEB_URL"), demo.find_demo(settings.VAR)
    if not url or made is None:
        raise PlatformNotRunning
    return simulate(url=url, tokens=made.tokens, rate=rate, minutes=minutes, seed=seed, on_sent=on_sent)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    wanted = parser.parse_args()
    set_up_django()
    logging.getLogger("httpx").setLevel(logging.WARNING)  # one line per request would be all we see
    main(wanted.rate, None, wanted.seed, lambda total: None)
