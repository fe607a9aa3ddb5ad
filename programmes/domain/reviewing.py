"""A chain of reviewers: whose turn it is."""

from collections.abc import Sequence

from programmes.domain.vocabulary import StepState


def turn(states: Sequence[StepState]) -> int | None:
    """Which step's turn it is, counted from 0: the first that waits, once all before it have accepted; None when over.

    After a step that was returned or dropped nobody has a turn.
    """
    for place, state in enumerate(states):
        if state is StepState.WAITING:
            return place
        if state is not StepState.ACCEPTED:
            return None
    return None
