"""Who may change what is registered. Who may read it is said by `foundation.permissions`."""

from ningjulan.foundation.actors import Actor, Role
from ningjulan.foundation.errors import NotAllowed

_EDITORS = (Role.STEWARD, Role.CLERK, Role.GRID_WORKER, Role.SYSTEM)
_UNDOERS = (Role.STEWARD, Role.SYSTEM)


class MayNotEdit(NotAllowed):
    code = "may_not_edit"
    message_zh = "您的角色不能修改登记信息，请联系数据管理员、受理员或网格员"
    message_en = "Your role may not change the registry; ask a data steward, clerk or grid worker"


def may_edit(actor: Actor) -> bool:
    return actor.has(*_EDITORS)


def check_edit(actor: Actor) -> None:
    """Refuse an edit by somebody whose role makes none: `MayNotEdit`."""
    if not may_edit(actor):
        raise MayNotEdit


def may_undo(actor: Actor) -> bool:
    return actor.has(*_UNDOERS)
