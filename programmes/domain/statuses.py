"""Which way an engagement goes from one status to another."""

from programmes.domain.vocabulary import STATUS_STEPS, EngagementStatus


def way_to(start: EngagementStatus, end: EngagementStatus) -> list[EngagementStatus] | None:
    """The statuses on the shortest way from `start` to `end`, `end` included; None if no way leads there."""
    ways: list[list[EngagementStatus]] = [[start]]
    seen = {start}
    while ways:
        way = ways.pop(0)
        if way[-1] is end:
            return way[1:]
        following = [status for status in EngagementStatus if status in STATUS_STEPS[way[-1]] and status not in seen]
        seen.update(following)
        ways.extend([*way, status] for status in following)
    return None
