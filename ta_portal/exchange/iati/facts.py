"""What an activity says that no column takes, kept with its engagement: read again when it goes out."""

from collections.abc import Iterator
from typing import Any

from ta_portal.exchange.iati.content import Activity, OrganisationPart
from ta_portal.exchange.iati.places import ACCOUNTABLE, FUNDING

KEY = "iati"


def facts_of(activity: Activity) -> dict[str, Any]:
    """Small, plain JSON, without persons."""
    return {
        KEY: {
            "language": activity.language,
            "status": activity.iati_status,
            "titles": [list(title) for title in activity.titles],
            "descriptions": [list(description) for description in activity.descriptions],
            "reporting_org": _organisation(activity.reporting),
            "has_accountable": any(part.role == ACCOUNTABLE for part in activity.organisations),
            "has_funding": any(part.role == FUNDING for part in activity.organisations),
            "other_organisations": [_organisation(part) for part in beyond_columns(activity)],
            "committed_budgets": [part.code for part in activity.budgets if part.committed],
            "result_types": {result.code: result.kind for result in activity.results},
            "measures": {
                indicator.code: indicator.measure for result in activity.results for indicator in result.indicators
            },
            "in_words": dict(_in_words(activity)),
            "not_mapped": dict(activity.left_out),
            "kept": dict(activity.kept),
        }
    }


def _in_words(activity: Activity) -> Iterator[tuple[str, dict[str, Any]]]:
    """Baselines and targets that no number holds, by their indicator."""
    for indicator in (indicator for result in activity.results for indicator in result.indicators):
        baseline = indicator.baseline_in_words
        if baseline or indicator.targets_in_words:
            yield (
                indicator.code,
                {
                    "baseline": baseline.text if baseline else "",
                    "targets": {str(target.on): target.text for target in indicator.targets_in_words},
                },
            )


def beyond_columns(activity: Activity) -> list[OrganisationPart]:
    """The second and further ones in a role that an agreement or a programme has once."""
    seen: set[str] = set()
    found = []
    for part in activity.organisations:
        if part.role != FUNDING and part.role in seen:
            found.append(part)
        seen.add(part.role)
    return found


def _organisation(part: OrganisationPart) -> dict[str, Any]:
    return {"role": part.role, "ref": part.ref, "name": part.name, "type": part.kind.value}
