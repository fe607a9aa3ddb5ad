from django.apps import AppConfig


class DeploymentConfig(AppConfig):
    name = "ta_portal.deployment"
    label = "deployment"
