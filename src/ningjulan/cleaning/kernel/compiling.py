"""How it is compiled: by numba at first use, later from a cache. Two instructions that numba lacks.

The cache belongs to exactly these sources: numba by itself would not see that a function in another file
has changed. It lies in `NUMBA_CACHE_DIR` if that is set, else in the user's cache folder, else, where that
cannot be written (a service without a home), in a folder of the user's own under the temporary folder.
"""

import getpass
import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

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
    sources = hashlib.sha256(numba.__version__.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        sources.update(path.read_bytes())
    name = f"kernel-{sources.hexdigest()[:16]}"
    given = _config.CACHE_DIR
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    own = Path(tempfile.gettempdir()) / f"ningjulan-{getpass.getuser()}"
    for base in [Path(given)] if given else [home / "ningjulan", own]:
        try:
            (base / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError:
            continue
        if os.access(base / name, os.W_OK):
            return base / name
    return Path(tempfile.mkdtemp(prefix="ningjulan-kernel-"))


def _load64(typingctx: Any, text: Any, at: Any) -> Any:
    """Return text[at : at + 8] as one little-endian number."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, args[0])
        place = builder.bitcast(builder.gep(array.data, [args[1]]), ir.IntType(64).as_pointer())
        word = builder.load(place)
        word.align = 1
        return word

    return types.uint64(text, types.intp), generate


def _trailing_zeros(typingctx: Any, word: Any) -> Any:
    """Return how many of the lowest bits of a number other than 0 are 0."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), generate


load64 = cast(Callable[[Bytes, int], np.uint64], intrinsic(_load64))
trailing_zeros = cast(Callable[[np.uint64], int], intrinsic(_trailing_zeros))
