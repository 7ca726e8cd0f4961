"""Why a server cannot run, each in one sentence that says what to do."""

from typing import ClassVar

from ningjulan.foundation.errors import NingjulanError


class ServerRefused(NingjulanError):
    """Base of what keeps an embedded server from running. Never raised itself."""

    code: ClassVar[str] = "server_refused"
    http_status: ClassVar[int] = 503


class PortInUse(ServerRefused):
    code = "port_in_use"
    message_zh = "端口 {port} 已被其他程序占用：请停止该程序，或用 --port 另选端口"
    message_en = "Port {port} is used by another program: stop it, or choose another with --port"


class DiskFull(ServerRefused):
    code = "disk_full"
    message_zh = "磁盘空间不足：{folder} 仅剩 {free_mb} MB，至少需要 {needed_mb} MB，请清理后重试"
    message_en = "The disk is nearly full: {folder} has {free_mb} MB left, {needed_mb} MB are needed"


class OtherVersion(ServerRefused):
    code = "other_version"
    message_zh = "{folder} 由 PostgreSQL {found} 创建，本程序使用 {wanted}：请用 pg_upgrade 升级或移走该目录"
    message_en = "{folder} was made by PostgreSQL {found}, this is {wanted}: run pg_upgrade, or move it away"


class NoPermission(ServerRefused):
    code = "no_permission"
    message_zh = "无权读写 {path}：请用创建它的用户运行、更改属主，或用 NINGJULAN_VAR 另选目录"
    message_en = "No permission for {path}: run as the user who made it, chown it, or set NINGJULAN_VAR"


class BinaryMissing(ServerRefused):
    code = "binary_missing"
    message_zh = "找不到 {name} 的程序文件：请运行 make setup，或用 {variable} 指向已有的服务器"
    message_en = "The {name} binary is missing: run make setup, or point {variable} at a server of your own"


class ServerDied(ServerRefused):
    code = "server_died"
    message_zh = "{name} 未能启动：{reason}（日志：{log}）"
    message_en = "{name} did not start: {reason} (log: {log})"


class ServerSlow(ServerRefused):
    code = "server_slow"
    message_zh = "{name} 在 {seconds} 秒内没有就绪，请查看日志 {log}"
    message_en = "{name} was not ready after {seconds} s; see the log {log}"
    retryable = True
