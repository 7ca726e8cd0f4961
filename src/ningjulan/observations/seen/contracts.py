"""What others may know of the index of seen keys."""

from dataclasses import asdict, dataclass

from ningjulan.foundation.errors import NingjulanError, TemporarilyDown


class SeenUnusable(NingjulanError):
    """The index on disk is damaged, foreign, or of another time than the position. Make it anew."""

    code = "seen_unusable"
    message_zh = "去重索引不可用，将由历史库重建"
    message_en = "The index of seen keys cannot be used; it is made anew from the history"


class SeenBusy(TemporarilyDown):
    code = "seen_busy"
    message_zh = "去重索引正被另一进程使用，请等待其退出"
    message_en = "Another process still has the index of seen keys open; it must end first"


@dataclass(frozen=True)
class Belonging:
    """What an index was made of.

    history:     Where the tables are that it is derived from.
    last_replay: The last replay that was, or may be, in them: an index from before it lacks what that moved.
    """

    shard: int
    n_shards: int
    history: str
    last_replay: int = 0

    def as_dict(self) -> dict[str, int | str]:
        return asdict(self)
