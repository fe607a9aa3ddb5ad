"""Figures that a reviewer changed: how such a change stood with the ministry at an instant."""

import datetime as dt

from programmes.domain.vocabulary import ChangeState


def state_at(state: ChangeState, answered_at: dt.datetime | None, cut_off: dt.datetime) -> ChangeState:
    """What was known of the ministry's answer at `cut_off`: what was answered later still waited then."""
    return ChangeState.WAITING if answered_at is None or answered_at > cut_off else state
