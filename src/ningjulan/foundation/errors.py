"""The family of anticipated errors. One handler (`project/api.py`) turns them into `{"code", "message"}`.

    NingjulanError
    ├── InputRefused          422  what was sent cannot be taken as it is
    ├── NotAllowed            403  the actor may not do this here
    ├── NotFound              404  absent, or in an area the actor does not see: the same answer
    ├── Conflict              409  the thing has moved on since the actor looked
    └── TemporarilyDown       503  try again: nothing was lost, nothing was done

Each module defines its own errors, beside the function that raises them, below one of these.
"""

from typing import Any, ClassVar


class NingjulanError(Exception):
    """Base of all anticipated errors. Never raised itself."""

    code: ClassVar[str] = "ningjulan_error"  # stable, for programs
    message_zh: ClassVar[str] = "操作未完成"  # for people; may change
    message_en: ClassVar[str] = "The operation was not completed"
    http_status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False  # decides retry or parking

    def __init__(self, **facts: Any) -> None:  # ids and numbers only, never personal data
        self.facts = facts
        super().__init__(f"{self.code}: {facts}" if facts else self.code)

    def message(self, language: str = "zh") -> str:
        """Return the sentence for a person, with the facts filled in."""
        template = self.message_en if language.startswith("en") else self.message_zh
        try:
            return template.format(**self.facts)
        except (KeyError, IndexError):
            return template


class InputRefused(NingjulanError):
    code = "input_refused"
    message_zh = "提交的内容无法处理，请按提示修改后重试"
    message_en = "What was sent cannot be processed; correct it and try again"
    http_status = 422


class NotAllowed(NingjulanError):
    code = "not_allowed"
    message_zh = "您没有此项权限，请联系管理员"
    message_en = "You may not do this; ask an administrator"
    http_status = 403


class NotFound(NingjulanError):
    code = "not_found"
    message_zh = "未找到，或不在您的管辖范围内"
    message_en = "Not found, or outside your area"
    http_status = 404


class Conflict(NingjulanError):
    code = "conflict"
    message_zh = "内容已被他人更新，请刷新后再操作"
    message_en = "This has changed meanwhile; refresh and try again"
    http_status = 409


class TemporarilyDown(NingjulanError):
    code = "temporarily_down"
    message_zh = "服务暂时不可用，请稍后重试（数据未丢失）"
    message_en = "Temporarily unavailable; try again (nothing was lost)"
    http_status = 503
    retryable = True
