"""What guarding costs: sealing a value, opening it, finding it.

python -m bench.ours.access          one line a figure, processor time of one core
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

N_VALUES = 20_000
TEXTS = [f"99999919900101{n:04d}" for n in range(N_VALUES)]
PLACE = "registry_person.id_no_sealed"


def measured(what: str, work: Callable[[], object], n: int) -> None:
    began = time.process_time()
    work()
    print(f"{what:<24} {(time.process_time() - began) / n * 1e6:6.2f} µs")  # noqa: T201


def main() -> None:
    from django.conf import settings

    with tempfile.TemporaryDirectory() as folder:
        settings.configure(SEALING="sm4", SEALING_KEYS="", SEALING_KEY_FILE=Path(folder) / "keys.json")
        from ningjulan.foundation.sealing import blind_many, seal_many, unseal_many

        for suite in ("sm4", "aes"):
            settings.SEALING = suite
            settings.SEALING_KEY_FILE = Path(folder) / f"{suite}.json"
            sealed = seal_many(TEXTS, PLACE)
            measured(f"{suite} seal_many", lambda: seal_many(TEXTS, PLACE), N_VALUES)
            measured(f"{suite} unseal_many", lambda: unseal_many(sealed, PLACE), N_VALUES)  # noqa: B023
            measured(f"{suite} blind_many", lambda: blind_many(TEXTS, PLACE), N_VALUES)
    measured("machine: urandom(12)", lambda: [os.urandom(12) for _ in TEXTS], N_VALUES)


if __name__ == "__main__":
    main()
