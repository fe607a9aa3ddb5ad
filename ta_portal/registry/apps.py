from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "ta_portal.registry"
    label = "registry"
