"""`python -m tests.fuzz`: search for inputs that break a property, or write the corpus anew.

python -m tests.fuzz door --seconds 60        search; what is new is kept in var/fuzz/door
python -m tests.fuzz --write-corpus           the seeds of our generators, into tests/fuzz/corpus
"""

import argparse
import importlib
import os
import subprocess
import sys
from pathlib import Path

from tests.fuzz.target import CORPUS, Target

TARGETS = ("door", "files", "messages", "lines", "records")
KERNEL = Path(__file__).parents[2] / "src/ningjulan/cleaning/kernel"
HANGS_AFTER_S = 60
LARGEST_INPUT = 20_000


def set_up_django() -> None:
    os.environ.setdefault("NINGJULAN_SECRET_KEY", "only for fuzzing")
    from ningjulan.project.bootstrap import set_up_django

    set_up_django()


def target_of(name: str) -> Target:
    found: Target = importlib.import_module(f"tests.fuzz.{name}").TARGET
    return found


def search(name: str, *, seconds: int, runs: int, seed: int, found: Path) -> None:
    """Search in this process, which then ends: with 0 if nothing was found."""
    import atheris

    compiled = [f"ningjulan.cleaning.kernel.{path.stem}" for path in KERNEL.glob("*.py")]
    set_up_django()
    with atheris.instrument_imports(include=["ningjulan"], exclude=compiled):  # numba reads the plain code
        target = target_of(name)
    found.mkdir(parents=True, exist_ok=True)
    arguments = [
        *_dictionary(target, found.with_suffix(".dict")),
        f"-max_total_time={seconds}" if seconds else f"-runs={runs}",
        f"-seed={seed}",
        f"-timeout={HANGS_AFTER_S}",
        f"-max_len={LARGEST_INPUT}",
        "-rss_limit_mb=4096",
        f"-artifact_prefix={found}-",
        "-print_final_stats=1",
    ]

    def mutated(data: bytes, largest: int, number: int) -> bytes:
        if target.mutated is None or number % 3:
            return bytes(atheris.Mutate(data, len(data) + 64 if len(data) + 64 < largest else largest))
        return target.mutated(data, largest, number)

    atheris.Setup(
        [sys.argv[0], *arguments, str(found), str(CORPUS / name)], target.one, custom_mutator=mutated
    )
    atheris.Fuzz()


def _dictionary(target: Target, path: Path) -> list[str]:
    """Write the words of a target as libFuzzer reads them, and return the option that names them."""
    words = list(dict.fromkeys(target.words()))
    if not words:
        return []
    path.write_text("".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in words))
    return [f"-dict={path}"]


def write_corpus() -> None:
    set_up_django()
    for name in TARGETS:
        folder = CORPUS / name
        folder.mkdir(parents=True, exist_ok=True)
        for title, data in target_of(name).seeds():
            (folder / title.replace(" ", "-")).write_bytes(data)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", help=f"some of {', '.join(TARGETS)}; all if none")
    parser.add_argument("--seconds", type=int, default=0, help="of each target")
    parser.add_argument("--runs", type=int, default=1000, help="of each target, where no seconds are given")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--found", type=Path, default=Path("var/fuzz"), help="where new inputs are kept")
    parser.add_argument("--write-corpus", action="store_true")
    asked = parser.parse_args()
    if asked.write_corpus:
        write_corpus()
        return 0
    if len(asked.targets) == 1:
        search(
            asked.targets[0],
            seconds=asked.seconds,
            runs=asked.runs,
            seed=asked.seed,
            found=asked.found / asked.targets[0],
        )
    failed = 0
    for name in asked.targets or TARGETS:
        options = [f"--seconds={asked.seconds}", f"--runs={asked.runs}", f"--seed={asked.seed}"]
        command = [sys.executable, "-m", "tests.fuzz", name, *options, f"--found={asked.found}"]
        failed += subprocess.run(command, check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
