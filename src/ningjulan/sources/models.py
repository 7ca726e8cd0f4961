from django.db import models


class SourceToken(models.Model):
    """A secret that lets one source send. Only its SHA-256 is kept."""

    source = models.CharField("来源", max_length=64)
    token_sha256 = models.CharField(max_length=64, unique=True)
    note = models.CharField("备注", max_length=200, blank=True)
    created_at = models.DateTimeField("创建时间")
    revoked_at = models.DateTimeField("作废时间", null=True, blank=True)

    class Meta:
        verbose_name = "来源令牌"
        verbose_name_plural = "来源令牌"
