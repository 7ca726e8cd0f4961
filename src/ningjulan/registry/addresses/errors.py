"""What a request about addresses may be refused for."""

from ningjulan.foundation.errors import Conflict, InputRefused, NotAllowed, NotFound


class AddressNotFound(NotFound):
    code = "address_not_found"
    message_zh = "没有这个地址，或不在您的管辖范围内"
    message_en = "No such address, or outside your area"


class NothingNear(NotFound):
    code = "nothing_near"
    message_zh = "这个位置 {metres} 米内没有登记的地址"
    message_en = "No registered address lies within {metres} m of there"


class TooManyTexts(InputRefused):
    code = "too_many_texts"
    message_zh = "一次最多匹配 {most} 条；更多请上传文件"
    message_en = "At most {most} texts at once; upload a file for more"


class QuestionNotFound(NotFound):
    code = "address_question_not_found"
    message_zh = "没有这条待认定的地址，或不在您的管辖范围内"
    message_en = "No such address to decide on, or outside your area"


class AlreadyDecided(Conflict):
    code = "address_already_decided"
    message_zh = "这条地址已被{by}认定，请刷新列表"
    message_en = "{by} has decided on this text already; refresh the list"


class NoSuchPlace(InputRefused):
    code = "no_such_place"
    message_zh = "所选的地址不在登记范围内，请重新选择"
    message_en = "The place chosen is not registered; choose another"


class OnlyClerksDecide(NotAllowed):
    code = "only_clerks_decide"
    message_zh = "只有受理派遣员和数据管理员可以认定地址"
    message_en = "Only clerks and data stewards decide on addresses"


class OnlyStewardsChange(NotAllowed):
    code = "only_stewards_change_addresses"
    message_zh = "只有数据管理员可以修改地址库"
    message_en = "Only data stewards change the address base"


class FileUnreadable(InputRefused):
    code = "file_unreadable"
    message_zh = "无法读取文件 {name}：只支持 CSV 和 XLSX"
    message_en = "{name} cannot be read: CSV and XLSX are supported"


class ColumnMissing(InputRefused):
    code = "column_missing"
    message_zh = "文件里没有名为“{column}”的列；现有：{columns}"
    message_en = "The file has no column “{column}”; it has: {columns}"


class TooManyRows(InputRefused):
    code = "too_many_rows"
    message_zh = "文件有 {rows} 行，一次最多 {most} 行，请分成几份"
    message_en = "The file has {rows} rows; at most {most} at once"


class JobNotFound(NotFound):
    code = "address_job_not_found"
    message_zh = "没有这个匹配任务，或不是您提交的"
    message_en = "No such job, or not yours"


class JobNotDone(Conflict):
    code = "address_job_not_done"
    message_zh = "任务还没有完成，请稍后下载"
    message_en = "The job is not done yet"
