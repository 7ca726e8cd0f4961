from django.apps import AppConfig


class ObservationsConfig(AppConfig):
    name = "ningjulan.observations"
    label = "observations"
