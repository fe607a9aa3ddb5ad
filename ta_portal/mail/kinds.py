"""Kinds of messages, as the apps register them when they are ready, and the one rule of who may still know."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from ta_portal.access.permissions import Permission
from ta_portal.mail.models import Delivery


@dataclass(frozen=True, slots=True)
class MessageKind:
    """Something that people are told about.

    `label` names it where somebody chooses how to be told, `default` is how they are until they do; it concerns only
    those who hold `permission` somewhere, and is sent only to whom holds it, still, on what the message is about.
    """

    key: str
    order: int
    label: str | Promise
    permission: Permission
    default: Delivery = Delivery.NOW


MayKnow = Callable[[Any, Permission, int], bool]
_kinds: dict[str, MessageKind] = {}
_rules: list[MayKnow] = []


def register_message_kind(kind: MessageKind) -> None:
    _kinds[kind.key] = kind


def message_kinds() -> list[MessageKind]:
    """In the order in which a form asks about them."""
    return sorted(_kinds.values(), key=lambda kind: kind.order)


def kind_of(key: str) -> MessageKind | None:
    return _kinds.get(key)


def register_reach(rule: MayKnow) -> None:
    """`rule(user, permission, about)`: whether the user holds the permission on what messages are about."""
    _rules[:] = [rule]


def may_know(user: Any, key: str, about: int | None) -> bool:
    """Whether a message of this kind may still go out to `user`: people come and go, and digests wait for days."""
    kind = _kinds.get(key)
    if kind is None or not user.is_active:
        return False
    return about is None or all(rule(user, kind.permission, about) for rule in _rules)
