"""What can stand in the way of a reading. Each says what to do instead."""

from ningjulan.foundation.errors import Conflict, InputRefused, NotAllowed, NotFound


class SubjectNotFound(NotFound):
    code = "subject_not_found"


class UnknownKind(InputRefused):
    code = "unknown_kind"
    message_zh = "不能查阅此类对象：{kind}"
    message_en = "Nothing of this kind can be read: {kind}"


class UnknownItems(InputRefused):
    code = "unknown_items"
    message_zh = "此对象没有这些数据项：{items}"
    message_en = "There are no such items: {items}"


class ReasonRefused(InputRefused):
    code = "reason_refused"
    message_zh = "请写明事由：至少 6 个字，说清为何要看（如“入户核对登记地址”）"
    message_en = "Say why: at least 6 characters in words, such as “checking the address at the door”"


class CaseNumberNeeded(InputRefused):
    code = "case_no_needed"
    message_zh = "以此目的查阅须填写案卷编号"
    message_en = "For this purpose the number of the case is needed"


class CaseNotOpen(InputRefused):
    code = "case_not_open"
    message_zh = "您的辖区内没有编号为 {case_no} 的在办案件；请核对编号，已办结的案件不能作为查阅依据"
    message_en = "There is no open case {case_no} in your area; check the number: a closed case is no reason"


class QuotaUsedUp(NotAllowed):
    code = "quota_used_up"
    message_zh = "今日查阅次数（{quota} 次）已用完；明日零点恢复，紧急情况请联系值班长"
    message_en = "Today's {quota} readings are used up; they come back at midnight, or ask the duty officer"


class StepUpNeeded(NotAllowed):
    code = "reauthentication_needed"
    message_zh = "距上次验证身份已超过 {minutes} 分钟，请再次输入密码"
    message_en = "You signed in more than {minutes} minutes ago; enter your password again"


class NotAuditor(NotAllowed):
    code = "only_for_auditors"
    message_zh = "查阅记录只对隐私与审计官开放"
    message_en = "Only the privacy and audit officer sees who read what"


class NotResident(NotAllowed):
    code = "only_for_residents"
    message_zh = "本页供居民查看自己的信息；您的账户未与登记的居民关联，请联系社区"
    message_en = (
        "This is for residents; your account is not linked to anybody in the registry: ask your community"
    )


class ReadingNotFound(NotFound):
    code = "reading_not_found"


class ExportNotFound(NotFound):
    code = "export_not_found"


class ExportMoved(Conflict):
    code = "export_moved"
    message_zh = "此导出申请现为“{state}”，不能再{step}"
    message_en = "This export is “{state}”; that step is over"


class SamePerson(NotAllowed):
    code = "export_needs_another"
    message_zh = "导出须由其他单位的同事批准：申请人不能批准自己或本单位的申请"
    message_en = "An export is approved by somebody of another unit: not by who asked, nor by their unit"


class UnitNeeded(NotAllowed):
    code = "export_needs_unit"
    message_zh = "您的账户没有所属单位，无法确认申请人与批准人分属不同单位；请管理员补充"
    message_en = "Your account has no unit, so two units cannot be told apart; ask an administrator to add it"


class NotExportable(InputRefused):
    code = "export_not_offered"
    message_zh = "平台不提供 {class_id} 的导出"
    message_en = "The platform offers no export of {class_id}"


class ExportOver(Conflict):
    code = "export_over"
    message_zh = "此导出已失效（批准后 {hours} 小时内可下载，最多 {most} 次）；如仍需要，请重新申请"
    message_en = "This export is over ({hours} h after approval, {most} downloads at most); ask again"


class TooManyRows(InputRefused):
    code = "export_too_many_rows"
    message_zh = "所选范围有 {n} 行，超过上限 {cap} 行；请缩小范围，或分批申请"
    message_en = "That is {n} rows, more than {cap}; narrow it, or ask in parts"
