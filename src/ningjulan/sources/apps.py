from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "ningjulan.sources"
    label = "sources"
