"""Rows as they were on record at an instant (`programmes/sql/known.sql`), as the models that they are."""

import datetime as dt

from programmes.models import Engagement, Indicator, IndicatorTarget, Outcome


def known_engagement(engagement: Engagement, cut_off: dt.datetime) -> Engagement:
    """The engagement as it was on record then; as it is, where it was not yet. One query."""
    rows = Engagement.objects.raw("SELECT * FROM ta_known_engagements(%s) WHERE id = %s", [cut_off, engagement.pk])
    return next(iter(rows), engagement)


def known_outcomes(engagement: Engagement, cut_off: dt.datetime) -> list[Outcome]:
    """One query."""
    asked = [cut_off, engagement.pk]
    return list(Outcome.objects.raw("SELECT * FROM ta_known_outcomes(%s) WHERE engagement_id = %s", asked))


def known_indicator(engagement: Engagement, code: str, cut_off: dt.datetime) -> Indicator | None:
    """The indicator that had the code. One query."""
    known = "SELECT * FROM ta_known_indicators(%s) WHERE engagement_id = %s AND code = %s"
    return next(iter(Indicator.objects.raw(known, [cut_off, engagement.pk, code])), None)


def known_targets(indicator: Indicator, cut_off: dt.datetime) -> list[IndicatorTarget]:
    """By day, an original before what stands for it. One query."""
    known = "SELECT * FROM ta_known_targets(%s) WHERE indicator_id = %s ORDER BY due, is_original DESC"
    return list(IndicatorTarget.objects.raw(known, [cut_off, indicator.pk]))
