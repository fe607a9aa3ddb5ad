"""How a scenario writes judgements: evaluations on a scale of their own, and exit readiness."""

import re

from django.utils.translation import gettext as _

from evaluations.domain.vocabulary import Criterion, EvaluationKind
from ta_portal.exchange.scenario.content import DimensionPart, EvaluationPart
from ta_portal.exchange.scenario.values import QUANTITY, Values

# More recommendations than this is a slip of the pen.
_MOST_RECOMMENDATIONS = 500


def read_evaluation(values: Values) -> EvaluationPart:
    scale = values.text("scale", 500)
    lowest, points = _scale(values, scale)
    ratings = values.inside("ratings") or Values({}, values.at("ratings"))
    found = {kind: ratings.whole_or_none(kind.value, lowest, lowest + points - 1) for kind in Criterion}
    recommendations = values.whole_or_none("recommendations", 0, _MOST_RECOMMENDATIONS) or 0
    accepted = values.whole_or_none("accepted", 0, _MOST_RECOMMENDATIONS) or 0
    if accepted > recommendations:
        values.refuse("accepted", _("More are accepted than there are recommendations."))
    return EvaluationPart(
        place=values.place,
        kind=values.choice("kind", EvaluationKind),
        on=values.day("date"),
        scale=scale,
        lowest=lowest,
        points=points,
        ratings={kind: rating for kind, rating in found.items() if rating is not None},
        recommendations=recommendations,
        accepted=accepted,
    )


def _scale(values: Values, scale: str) -> tuple[int, int]:
    """The lowest mark and how many there are, from the two numbers in a text such as `1 poor to 6 good`."""
    numbers = [int(number) for number in re.findall(r"(?<![0-9.])[0-9]{1,3}(?![0-9.])", scale)]
    if len(numbers) != 2 or not numbers[0] < numbers[1]:
        values.refuse("scale", _("“{scale}” does not name a lowest and a highest mark.").format(scale=scale))
    return numbers[0], numbers[1] - numbers[0] + 1


def read_dimensions(root: Values) -> tuple[DimensionPart, ...]:
    """The dimensions of exit readiness; none where the file has no such part. Unrated is not 0."""
    readiness = root.inside("exit_readiness")
    if readiness is None:
        return ()
    found: list[DimensionPart] = []
    for row in readiness.objects("dimensions"):
        name = row.text("name", 300)
        if name in {dimension.name for dimension in found}:
            row.refuse("name", _("“{name}” is there twice.").format(name=name))
        weight = row.number("weight", QUANTITY)
        if weight <= 0:
            row.refuse("weight", _("A weight is above 0."))
        start, mid, final = (row.whole_or_none(label, 0, 3) for label in ("start", "mid", "final"))
        found.append(DimensionPart(place=row.place, name=name, weight=weight, start=start, mid=mid, final=final))
    return tuple(found)
