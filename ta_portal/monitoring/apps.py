from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "ta_portal.monitoring"
    label = "monitoring"
