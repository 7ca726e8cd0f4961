"""What an import may be refused for, and why a row is."""

from collections.abc import Mapping

from ningjulan.cleaning.contracts import REASONS as CLEANING_REASONS
from ningjulan.cleaning.contracts import Reason
from ningjulan.foundation.errors import Conflict, InputRefused, NotAllowed, NotFound


class ImportNotFound(NotFound):
    code = "import_not_found"
    message_zh = "没有这个导入任务，或不在您的管辖范围内"
    message_en = "No such import, or outside your area"


class OnlyStewardsImport(NotAllowed):
    code = "only_stewards_import"
    message_zh = "只有受理员和数据管理员可以导入登记数据"
    message_en = "Only clerks and data stewards import into the registry"


class FileNotReadable(InputRefused):
    code = "import_file_unreadable"
    message_zh = "文件 {name} 无法读取：{reason}"
    message_en = "The file {name} cannot be read: {reason}"


class MappingRefused(InputRefused):
    code = "import_mapping_refused"
    message_zh = "字段对照有误：{reason}"
    message_en = "The mapping is wrong: {reason}"


class AnswerNeeded(Conflict):
    code = "import_answer_needed"
    message_zh = "坐标与已知位置相差约 {offset_m} 米，像是 GCJ-02（火星坐标）；请先确认坐标系"
    message_en = (
        "Coordinates lie about {offset_m} m off known places, as GCJ-02 would; say which system they are in"
    )


class AlreadyStarted(Conflict):
    code = "import_already_started"
    message_zh = "这个导入任务已经开始"
    message_en = "This import has started already"


REASONS: Mapping[str, Reason] = {
    "area_not_yours": Reason("住址不在您的管辖范围内", "The home is outside your area"),
    "address_unknown": Reason(
        "地址标识不在统一地址库中，请核对", "The address id is not in the address base; check it"
    ),
    "address_unmatched": Reason(
        "住址无法自动对应到唯一的标准地址，请补全到户室，或先在地址队列中认定",
        "The home does not match one standard address; complete it to the room, or decide it in the queue",
    ),
    "same_key": Reason("同一标识在文件中出现多次", "The same key occurs more than once in the file"),
    "merged_across": Reason(
        "这一行有跨列合并的单元格，无法判断各列的值，请取消合并后填写",
        "Cells are merged across columns in this row; unmerge and fill them in",
    ),
    "not_a_polygon": Reason("图形不是面，请检查图层", "The shape is no polygon; check the layer"),
    "self_intersects": Reason(
        "多边形自相交，请在制图软件中修复", "The polygon intersects itself; repair it in the GIS"
    ),
    "overlaps": Reason(
        "与文件中其他网格重叠，无法判断以哪个为准",
        "Overlaps another grid of the file; which one counts is unknown",
    ),
    "duplicate_code": Reason("网格编码在文件中重复", "The grid code occurs more than once in the file"),
    "boundary_missing": Reason("没有边界", "There is no boundary"),
    "boundary_refused": Reason(
        "边界未被接受，请核对编码与日期", "The boundary was not accepted; check code and date"
    ),
}
"""Reasons of the import itself; all others are those of cleaning."""


def reason_of(code: str) -> Reason:
    return REASONS.get(code) or CLEANING_REASONS.get(code) or Reason(code, code)
