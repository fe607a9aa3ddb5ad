from django.apps import AppConfig


class EmbeddedConfig(AppConfig):
    """The quick start's own parts: a database server and a broker in a folder, and the processes of the demo."""

    name = "ta_portal.embedded"
    label = "embedded"
