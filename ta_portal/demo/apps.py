from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "ta_portal.demo"
    label = "demo"
