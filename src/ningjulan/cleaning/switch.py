"""Is the compiled kernel used? Asked once, here, of the environment: `NINGJULAN_KERNEL=off` turns it off."""

import os
from functools import lru_cache


@lru_cache(maxsize=1)
def kernel_is_on() -> bool:
    return os.environ.get("NINGJULAN_KERNEL", "on").lower() not in ("off", "0", "no", "false")
