from django.apps import AppConfig


class ScenariosConfig(AppConfig):
    name = "ningjulan.scenarios"
    label = "scenarios"
