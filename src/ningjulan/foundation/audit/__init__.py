"""The audit trail: who read or did what, why, with which result. Appended, sealed each second, verified."""

from ningjulan.foundation.audit.recording import What, record, record_each

__all__ = ["What", "record", "record_each"]
