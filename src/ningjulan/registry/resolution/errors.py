"""What a decision about two entries may be refused for."""

from ningjulan.foundation.errors import Conflict, NotFound


class DuplicateNotFound(NotFound):
    code = "duplicate_not_found"
    message_zh = "没有这对疑似重复，或不在您的管辖范围内"
    message_en = "No such pair, or outside your area"


class AlreadyDecided(Conflict):
    code = "already_decided"
    message_zh = "这对疑似重复已被{by}判断，请刷新列表"
    message_en = "{by} has decided on this pair already; refresh the list"


class NotDecided(Conflict):
    code = "not_decided"
    message_zh = "这对疑似重复还没有判断，无可撤销"
    message_en = "Nobody has decided on this pair; there is nothing to take back"


class SamePerson(Conflict):
    code = "same_person"
    message_zh = "这两条已经是同一个人"
    message_en = "These two are one person already"


class NotMerged(Conflict):
    code = "not_merged"
    message_zh = "这条登记没有被合并，无需拆分"
    message_en = "This entry has not been merged"
