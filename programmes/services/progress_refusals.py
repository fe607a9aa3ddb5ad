"""Why a report does not take an act: where it stands, and who may not decide on it."""

from ta_portal.errors import DomainError


class ReportClosed(DomainError):
    """The report is not in a state in which this can be done to it."""

    code = "report_closed"


class OwnSubmission(DomainError):
    """Nobody decides on what they submitted themselves."""

    code = "own_submission"


class NotYourTurn(DomainError):
    """Somebody else decides first."""

    code = "not_your_turn"
