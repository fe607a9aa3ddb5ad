from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "ta_portal.exchange"
    label = "exchange"
