from django.apps import AppConfig


class BenchConfig(AppConfig):
    name = "ta_portal.bench"
    label = "bench"
