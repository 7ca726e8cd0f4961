from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "ningjulan.foundation"
    label = "foundation"
    verbose_name = "平台底座"
    default_auto_field = "django.db.models.BigAutoField"
