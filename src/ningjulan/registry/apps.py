from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "ningjulan.registry"
    label = "registry"

    def ready(self) -> None:
        from ningjulan.registry.people.revealing import register_kinds  # needs the tables
        from ningjulan.registry.privacy.rows import offer_rows

        register_kinds()
        offer_rows()
