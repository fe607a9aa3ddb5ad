"""Where an engagement stands, in one sentence and three bars. Each case is a whole pattern, to be translated as one."""

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programmes.domain.standing import Against, Phase, Standing
from ta_portal.ui.charts import Bar
from ta_portal.ui.formats import pct_text

_AHEAD, _LEVEL, _BEHIND, _UNKNOWN = Against.AHEAD, Against.LEVEL, Against.BEHIND, Against.UNKNOWN

# By how spending, and then results, stand against time.
_RUNNING: dict[tuple[Against, Against], Promise] = {
    (_AHEAD, _AHEAD): gettext_lazy("Spending is %(spend)s ahead of time; results are %(results)s ahead."),
    (_AHEAD, _LEVEL): gettext_lazy("Spending is %(spend)s ahead of time; results keep pace."),
    (_AHEAD, _BEHIND): gettext_lazy("Spending is %(spend)s ahead of time; results are %(results)s behind."),
    (_AHEAD, _UNKNOWN): gettext_lazy("Spending is %(spend)s ahead of time; no results can be measured yet."),
    (_LEVEL, _AHEAD): gettext_lazy("Spending keeps pace with time; results are %(results)s ahead."),
    (_LEVEL, _LEVEL): gettext_lazy("Spending and results keep pace with time."),
    (_LEVEL, _BEHIND): gettext_lazy("Spending keeps pace with time; results are %(results)s behind."),
    (_LEVEL, _UNKNOWN): gettext_lazy("Spending keeps pace with time; no results can be measured yet."),
    (_BEHIND, _AHEAD): gettext_lazy("Spending is %(spend)s behind time; results are %(results)s ahead."),
    (_BEHIND, _LEVEL): gettext_lazy("Spending is %(spend)s behind time; results keep pace."),
    (_BEHIND, _BEHIND): gettext_lazy("Spending is %(spend)s behind time; results are %(results)s behind."),
    (_BEHIND, _UNKNOWN): gettext_lazy("Spending is %(spend)s behind time; no results can be measured yet."),
    (_UNKNOWN, _AHEAD): gettext_lazy(
        "Results are %(results)s ahead of time; there is no approved budget to compare spending with."
    ),
    (_UNKNOWN, _LEVEL): gettext_lazy(
        "Results keep pace with time; there is no approved budget to compare spending with."
    ),
    (_UNKNOWN, _BEHIND): gettext_lazy(
        "Results are %(results)s behind time; there is no approved budget to compare spending with."
    ),
    (_UNKNOWN, _UNKNOWN): gettext_lazy(
        "%(time)s of the time has passed; there is neither a budget nor a result to judge by yet."
    ),
}
# By whether spending, and then results, are known.
_OVER: dict[tuple[bool, bool], Promise] = {
    (True, True): gettext_lazy(
        "The time is over: %(spent)s of the budget is spent, and results stand at %(achieved)s."
    ),
    (True, False): gettext_lazy("The time is over: %(spent)s of the budget is spent; no results can be measured."),
    (False, True): gettext_lazy(
        "The time is over: results stand at %(achieved)s; there is no approved budget to compare spending with."
    ),
    (False, False): gettext_lazy("The time is over, and there is neither a budget nor a result to judge by."),
}
_OPEN_END: dict[tuple[bool, bool], Promise] = {
    (True, True): gettext_lazy(
        "No end is planned: %(spent)s of the budget is spent, and results stand at %(achieved)s."
    ),
    (True, False): gettext_lazy("No end is planned: %(spent)s of the budget is spent; no results can be measured yet."),
    (False, True): gettext_lazy("No end is planned: results stand at %(achieved)s; there is no approved budget."),
    (False, False): gettext_lazy("No end is planned, and there is neither a budget nor a result to judge by yet."),
}


def verdict(where: Standing) -> str:
    """One sentence: how spending and results stand against time."""
    return str(_pattern(where)) % {
        "day": formats.date_format(where.starts, "DATE_FORMAT"),
        "time": _percent(where.time_pct),
        "spent": _percent(where.spend_pct),
        "achieved": _percent(where.results_pct),
        "spend": _points(where.ahead(where.spend_pct)),
        "results": _points(where.ahead(where.results_pct)),
    }


def since_when(where: Standing) -> str:
    """The line under the sentence: which month it is."""
    if where.months is None or where.phase is not Phase.RUNNING:
        return ""
    return _("Month %(month)d of %(months)d. The line on each bar marks time elapsed.") % {
        "month": where.month,
        "months": where.months,
    }


def bars(where: Standing) -> list[Bar]:
    """Time, spending and results on one scale; spending well ahead of time is marked."""
    ahead = where.phase is Phase.RUNNING and where.against_time(where.spend_pct) is _AHEAD
    over = where.spend_pct is not None and where.spend_pct > 100
    return [
        Bar(_("Time"), where.time_pct, tone="v2"),
        Bar(_("Spend"), where.spend_pct, tick=where.time_pct, tone="v-warn" if ahead or over else "v"),
        Bar(_("Results"), where.results_pct, tick=where.time_pct),
    ]


def _pattern(where: Standing) -> str | Promise:
    known = where.spend_pct is not None, where.results_pct is not None
    match where.phase:
        case Phase.NOT_STARTED:
            return _("It starts on %(day)s.")
        case Phase.OVER:
            return _OVER[known]
        case Phase.OPEN_END:
            return _OPEN_END[known]
    return _RUNNING[where.against_time(where.spend_pct), where.against_time(where.results_pct)]


def _points(difference: int | None) -> str:
    size = abs(difference or 0)
    return ngettext("%(count)d point", "%(count)d points", size) % {"count": size}


def _percent(share: int | None) -> str:
    return "" if share is None else pct_text(share)
