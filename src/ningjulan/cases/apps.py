from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "ningjulan.cases"
    label = "cases"
