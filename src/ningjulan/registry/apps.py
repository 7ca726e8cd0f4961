from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "ningjulan.registry"
    label = "registry"
