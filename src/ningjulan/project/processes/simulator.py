"""The simulator as a process of the platform: `ningjulan simulate` without an end."""

import argparse
import json
import os
import signal
import sys

import django

from ningjulan.project import settings


def _main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda signum, frame: sys.exit(0))
    django.setup()

    from ningjulan.project.simulator import simulate

    tokens = json.loads((settings.VAR / "demo.json").read_text())["tokens"]
    simulate(
        url=os.environ["NINGJULAN_WEB_URL"],
        tokens=tokens,
        rate=wanted.rate,
        minutes=None,
        seed=wanted.seed,
        on_sent=lambda total: None,
    )
    return 0


if __name__ == "__main__":
    sys.exit(_main())
