"""What a change to people and premises may be refused for."""

from ningjulan.foundation.errors import Conflict, InputRefused, NotAllowed, NotFound


class ChangeNotFound(NotFound):
    code = "change_not_found"
    message_zh = "没有这次变更，或不在您的管辖范围内"
    message_en = "No such change, or outside your area"


class ChangedMeanwhile(Conflict):
    code = "changed_meanwhile"
    message_zh = "这条信息刚被他人修改，请刷新后再操作"
    message_en = "Somebody has changed this meanwhile; refresh and try again"


class Contradiction(Conflict):
    code = "contradiction"
    message_zh = "与登记簿中仍然有效的内容矛盾（{constraint}），没有写入任何内容"
    message_en = "This contradicts what the registry holds ({constraint}); nothing was written"


class AlreadyUndone(Conflict):
    code = "already_undone"
    message_zh = "这次变更已被撤销"
    message_en = "This change has been undone already"


class ChangeBuiltUpon(Conflict):
    code = "change_built_upon"
    message_zh = "不能撤销：之后还有 {n_later} 次变更改动了同样的内容，请先撤销最近一次（{latest}）"
    message_en = "Cannot be undone: {n_later} later changes build on it; undo the latest first ({latest})"


class NothingToUndo(Conflict):
    code = "nothing_to_undo"
    message_zh = "这次变更没有留下可以撤销的内容"
    message_en = "This change left nothing that could be undone"


class OnlyStewardsUndo(NotAllowed):
    code = "only_stewards_undo"
    message_zh = "只有数据管理员可以撤销变更"
    message_en = "Only a data steward may undo a change"


class PersonNotFound(NotFound):
    code = "person_not_found"
    message_zh = "没有此人，或不在您的管辖范围内"
    message_en = "No such person, or outside your area"


class DwellingNotFound(NotFound):
    code = "dwelling_not_found"
    message_zh = "没有这个户室，或不在您的管辖范围内"
    message_en = "No such dwelling, or outside your area"


class FactRefused(InputRefused):
    """One value that cannot be true. `problem` names the rule, the message says it in words."""

    code = "fact_refused"
    message_zh = "{reason_zh}"
    message_en = "{reason_en}"
