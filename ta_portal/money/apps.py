from django.apps import AppConfig


class MoneyConfig(AppConfig):
    name = "ta_portal.money"
    label = "money"
