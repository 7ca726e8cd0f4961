"""How it is compiled: by numba at first use, later from a cache. And what numba lacks: plain memory.

The cache belongs to exactly these sources: numba by itself would not see that a function in another file
has changed. It lies in `NUMBA_CACHE_DIR` if that is set, else in the user's cache folder, else, where that
cannot be written (a service without a home), in a folder of the user's own under the temporary folder.

Text is passed as its `Address`, for numba counts references to arrays at every call and looks at every index
for a minus: that took two thirds of the time. Whoever passes an address keeps the array alive, and reads
within it.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

Address = int
Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

_config: Any = numba.config

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile a function when it is first called; it runs without the interpreter's lock."""
    before = _config.CACHE_DIR
    _config.CACHE_DIR = str(_cache_folder())
    try:
        return cast(F, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
    finally:
        _config.CACHE_DIR = before


@lru_cache(maxsize=1)
def _cache_folder() -> Path:
    return cache_folder(_config.CACHE_DIR, os.environ)


def cache_folder(given: str, environ: Mapping[str, str]) -> Path:
    """Return the first folder that can be written, made for these sources.

    Args:
        given: `NUMBA_CACHE_DIR`, or nothing.
        environ: Says where the user's files are, if there is such a user.
    """
    sources = hashlib.sha256(numba.__version__.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        sources.update(path.read_bytes())
    home = environ.get("HOME", "")
    of_user = environ.get("XDG_CACHE_HOME") or (f"{home}/.cache" if home else "")
    of_machine = Path(tempfile.gettempdir()) / f"ningjulan-{os.getuid()}"
    bases = [Path(given)] if given else [*([Path(of_user) / "ningjulan"] if of_user else []), of_machine]
    for base in bases:
        folder = base / f"kernel-{sources.hexdigest()[:16]}"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError:
            continue
        # What lies in it will be run: it must be our own.
        if folder.stat().st_uid == os.getuid() and os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.mkdtemp(prefix="ningjulan-kernel-"))


def _place(builder: Any, args: Any, n_bits: int) -> Any:
    return builder.inttoptr(builder.add(args[0], args[1]), ir.IntType(n_bits).as_pointer())


def _byte_at(typingctx: Any, text: Any, at: Any) -> Any:
    """Return the byte that stands at text + at."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.zext(builder.load(_place(builder, args, 8)), ir.IntType(64))

    return types.int64(types.int64, types.int64), generate


def _load64(typingctx: Any, text: Any, at: Any) -> Any:
    """Return the eight bytes that stand at text + at as one little-endian number."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        word = builder.load(_place(builder, args, 64))
        word.align = 1
        return word

    return types.uint64(types.int64, types.int64), generate


def _put(typingctx: Any, text: Any, at: Any, byte: Any) -> Any:
    """Write a byte at text + at."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        builder.store(builder.trunc(args[2], ir.IntType(8)), _place(builder, args, 8))
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), generate


def _put64(typingctx: Any, text: Any, at: Any, word: Any) -> Any:
    """Write eight bytes at text + at."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        builder.store(args[2], _place(builder, args, 64)).align = 1
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.uint64), generate


def _trailing_zeros(typingctx: Any, word: Any) -> Any:
    """Return how many of the lowest bits of a number other than 0 are 0."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), generate


byte_at = cast(Callable[[Address, int], int], intrinsic(_byte_at))
load64 = cast(Callable[[Address, int], np.uint64], intrinsic(_load64))
put = cast(Callable[[Address, int, int], None], intrinsic(_put))
put64 = cast(Callable[[Address, int, np.uint64], None], intrinsic(_put64))
trailing_zeros = cast(Callable[[np.uint64], int], intrinsic(_trailing_zeros))


@compiled
def int_at(numbers: Address, at: int) -> int:
    """Return the number in place `at` of an array of 64-bit numbers."""
    return int(np.int64(load64(numbers, 8 * at)))
