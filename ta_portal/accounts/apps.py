from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "ta_portal.accounts"
    label = "accounts"

    def ready(self) -> None:
        import_module("ta_portal.accounts.receivers")
