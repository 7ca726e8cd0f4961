"""The ceiling: parse the bytes and write them, nothing else. `python -m bench.peers.ceiling JOB OUT`"""

import os
import sys
from pathlib import Path

import msgspec

from bench.job import LAYOUTS, Job
from bench.measuring import Watch

BLOCK = 4 << 20


def main(job: Job, out: Path) -> None:
    decoders = {
        layout.file: msgspec.json.Decoder(
            msgspec.defstruct(
                "Record", [(name, msgspec.Raw, b"") for name in (layout.key, layout.at, layout.code)]
            )
        )
        for layout in LAYOUTS
    }
    n_unreadable = 0
    with Watch() as watch, (out / "written").open("wb") as written:
        for layout in LAYOUTS:
            decode = decoders[layout.file].decode
            with job.input(layout).open("rb") as file:
                while lines := file.readlines(BLOCK):
                    for line in lines:
                        try:
                            decode(line)
                        except (msgspec.DecodeError, UnicodeDecodeError):
                            n_unreadable += 1
                    written.writelines(lines)
        written.flush()
        os.fsync(written.fileno())
    watch.measured(n_unreadable=n_unreadable).print()


if __name__ == "__main__":
    main(Job(Path(sys.argv[1])), Path(sys.argv[2]))
