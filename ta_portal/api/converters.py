"""Codes in addresses: anything but a slash, and nothing that the database could not compare."""

from django.urls import register_converter
from django.urls.converters import StringConverter


class CodeConverter(StringConverter):
    regex = r"[^/\x00]+"


def register() -> None:
    register_converter(CodeConverter, "code")
