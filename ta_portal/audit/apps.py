from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "ta_portal.audit"
    label = "audit"
