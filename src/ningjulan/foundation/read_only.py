"""Looking without touching: for admin pages of what only services may change."""

from typing import Any

from django.http import HttpRequest


class ReadOnly:
    """Mixed into an admin page or inline, it takes adding, changing and deleting away from everybody."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
