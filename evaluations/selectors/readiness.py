"""How ready institutions were to go on alone, assessment by assessment."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from evaluations.domain.readiness import Readiness, Score
from evaluations.domain.vocabulary import Side
from programmes.selectors.rows import fraction, named_rows

ASSESSMENTS = """
    SELECT * FROM ta_exit_readiness(%s::bigint[], %s::date) ORDER BY engagement_id, on_date, side, assessment_id
"""


def exit_readiness(engagement_ids: Collection[int], *, as_of: dt.date | None = None) -> dict[int, list[Readiness]]:
    """Each engagement's assessments, the earliest first; those by `as_of` where it is given. One query."""
    found: dict[int, list[Readiness]] = defaultdict(list)
    for row in named_rows(ASSESSMENTS, [list(engagement_ids), as_of]):
        score = Score(fraction(row, "score"), row["any_zero"], row["unscored"], row["ready"])
        assessment = Readiness(label=row["label"], on_date=row["on_date"], side=Side(row["side"]), score=score)
        found[row["engagement_id"]].append(assessment)
    return {key: found[key] for key in engagement_ids}
