"""How the parts of an activity are written: elements, narratives, percentages and amounts."""

import datetime as dt
import re
from decimal import Decimal

from lxml import etree

_LANGUAGE = re.compile("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def under(parent: etree._Element, name: str, text: str | None = None, /, **attributes: str | None) -> etree._Element:
    """A new child; an attribute that is None is not written, and `_` in its name is a hyphen."""
    child = etree.SubElement(parent, name)
    for key, value in attributes.items():
        if value is not None:
            child.set(key.replace("_", "-"), value)
    if text is not None:
        child.text = readable(text)
    return child


def narrative(parent: etree._Element, text: str, language: str | None = None) -> None:
    found = under(parent, "narrative", text)
    if language and is_language(language):
        found.set(XML_LANG, language)


def is_language(code: str) -> bool:
    """As XML knows languages: en, pt-BR."""
    return _LANGUAGE.fullmatch(code) is not None


def told(parent: etree._Element, name: str, text: str, /, **attributes: str | None) -> etree._Element:
    """A child that says something in one narrative."""
    child = under(parent, name, **attributes)
    narrative(child, text)
    return child


def plain(number: Decimal) -> str:
    """Without idle zeros and never as 1E+3."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(parent: etree._Element, amount: Decimal, currency: str, on: dt.date) -> None:
    under(parent, "value", plain(amount), currency=currency, value_date=str(on))


def readable(text: str) -> str:
    """Without the signs that XML 1.0 cannot hold."""
    return "".join(sign for sign in text if sign in "\t\n\r" or (sign >= " " and sign not in "\ufffe\uffff"))
