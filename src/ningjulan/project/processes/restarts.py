"""When a child that died is started again, and when we give up. Pure: the clock comes in."""

from collections import deque

LIMIT = 5
WITHIN_S = 60.0


class Restarts:
    """The deaths of one child within the last minute."""

    def __init__(self) -> None:
        self._deaths: deque[float] = deque(maxlen=LIMIT)

    def delay_after_death(self, now: float) -> float | None:
        """Note a death and return the seconds to wait before a restart: 0, ½, 1, 2.

        Returns:
            None when it is the fifth death within a minute: something is wrong that a restart does not
            mend.
        """
        self._deaths.append(now)
        recent = [at for at in self._deaths if now - at <= WITHIN_S]
        if len(recent) >= LIMIT:
            return None
        return 0.0 if len(recent) == 1 else 0.25 * 2.0 ** (len(recent) - 1)
