"""What holds when many write at once, each on a connection of their own."""

import datetime as dt

import pytest
from django.db import connection

from experts.models import Deployment
from programmes.models import EngagementRecipient, Risk
from ta_portal.access.permissions import Role
from tests.factories import (
    CountryFactory,
    DeploymentFactory,
    EngagementFactory,
    ExpertFactory,
    LedgerEntryFactory,
    MilestoneFactory,
    RiskFactory,
    WorkstreamFactory,
)
from tests.racing import race
from tests.rest import Rest

pytestmark = pytest.mark.django_db(transaction=True)

EDITORS = 50


@pytest.fixture
def token(member):
    """A client for each session: they share the token's user, and nothing else."""

    def make(role, n, *scopes):
        user = member(role)
        return [Rest(user, ["read", *scopes]) for _number in range(n)]

    return make


def statuses(came_to):
    assert not [found for found in came_to if isinstance(found, Exception)], came_to
    return sorted(response.status_code for response in came_to)


def test_of_fifty_editors_of_one_version_one_wins_and_all_others_are_told(token):
    risk = RiskFactory()
    path = f"risks/{risk.public_id}/"
    editors = token(Role.PROGRAMME_OFFICER, EDITORS, "risks:update")
    etag = editors[0].etag(path)

    came_to = race(
        [
            lambda number=number, asked=asked: asked.patch(path, {"title": f"By {number}"}, etag=etag)
            for number, asked in enumerate(editors)
        ]
    )

    assert statuses(came_to) == [200] + [412] * (EDITORS - 1)
    risk.refresh_from_db()
    winner = next(number for number, response in enumerate(came_to) if response.status_code == 200)
    assert (risk.title, risk.row_version) == (f"By {winner}", 2)


def test_one_key_sent_by_many_at_once_makes_one_row(member):
    engagement, user = EngagementFactory(), member(Role.PROGRAMME_OFFICER)
    body = {
        "engagement": engagement.ref,
        "code": "R-ONE",
        "kind": "ownership",
        "title": "One",
        "likelihood": 2,
        "impact": 2,
    }
    clients = [Rest(user, ["read", "risks:create"]) for _number in range(8)]

    came_to = race([lambda asked=asked: asked.post("risks/", body, {"Idempotency-Key": "one"}) for asked in clients])

    assert statuses(came_to) == [201] * 8
    assert len({response.content for response in came_to}) == 1
    assert Risk.objects.count() == 1


def test_of_two_bookings_past_a_full_time_job_one_is_refused_by_its_rule(token):
    expert, engagement = ExpertFactory(), EngagementFactory()
    given = {"expert": expert, "engagement": engagement, "fte": "0.60", "status": "proposed"}
    rows = [DeploymentFactory(**given), DeploymentFactory(**given)]
    clients = token(Role.PROGRAMME_OFFICER, 2, "deployments:update")

    came_to = race(
        [
            lambda row=row, asked=asked: asked.post(
                f"deployments/{row.public_id}/status/",
                {"to": "confirmed"},
                etag=asked.etag(f"deployments/{row.public_id}/"),
            )
            for row, asked in zip(rows, clients, strict=True)
        ]
    )

    assert statuses(came_to) == [200, 409]
    refused = next(response.json() for response in came_to if response.status_code == 409)
    assert refused["code"] == "overbooked"
    assert "1.20" in refused["detail"]
    assert Deployment.objects.filter(status="confirmed").count() == 1


def test_shares_that_two_give_out_at_once_still_make_the_whole(token):
    engagement, _there = EngagementFactory(), CountryFactory(iso2="KE")
    path = f"engagements/{engagement.ref}/"
    clients = token(Role.PROGRAMME_OFFICER, 6, "engagements:update")
    etag = clients[0].etag(path)
    splits = [{"MD": str(pct), "KE": str(100 - pct)} for pct in range(10, 70, 10)]

    came_to = race(
        [
            lambda split=split, asked=asked: asked.patch(
                path,
                {"recipients": [{"country": c, "pct": pct} for c, pct in split.items()], "reason": "Split"},
                etag=etag,
            )
            for split, asked in zip(splits, clients, strict=True)
        ]
    )

    assert statuses(came_to) == [200] + [412] * 5
    assert sum(row.pct for row in EngagementRecipient.objects.filter(engagement=engagement)) == 100


def test_one_reference_posted_to_two_engagements_at_once_is_posted_once(token):
    engagements = [EngagementFactory(), EngagementFactory()]
    clients = token(Role.FINANCE_OFFICER, 2, "ledger-entries:create")
    entry = {"kind": "expenditure", "on_date": "2024-05-01", "amount": "5.00", "currency": "USD", "source": "books"}

    came_to = race(
        [
            lambda one=one, asked=asked: asked.post(
                "ledger-entries/", {**entry, "engagement": one.ref, "external_ref": "X-1"}
            )
            for one, asked in zip(engagements, clients, strict=True)
        ]
    )

    assert statuses(came_to) == [201, 409]


def test_an_entry_that_two_take_back_at_once_is_taken_back_once(token):
    entry = LedgerEntryFactory()
    path = f"ledger-entries/{entry.public_id}/"
    clients = token(Role.FINANCE_OFFICER, 4, "ledger-entries:create")
    etag = clients[0].etag(path)

    came_to = race(
        [lambda asked=asked: asked.post(f"{path}reverse/", {"reason": "Twice"}, etag=etag) for asked in clients]
    )

    assert statuses(came_to) == [201, 409, 409, 409]


def test_what_is_removed_while_something_is_hung_on_it_is_told_and_never_half_done(token):
    engagement = EngagementFactory()
    workstream = WorkstreamFactory(engagement=engagement, code="WS-1")
    milestone = MilestoneFactory(engagement=engagement, due=dt.date(2025, 1, 31))
    remover, hanger = token(Role.PROGRAMME_OFFICER, 2, "workstreams:delete", "milestones:update")
    gone, kept = f"workstreams/{workstream.public_id}/", f"milestones/{milestone.public_id}/"
    tags = remover.etag(gone), hanger.etag(kept)

    came_to = race(
        [
            lambda: remover.delete(gone, etag=tags[0], reason="Merged"),
            lambda: hanger.patch(kept, {"workstream": "WS-1"}, etag=tags[1]),
        ]
    )

    codes = [response.status_code for response in came_to]
    assert codes in ([204, 400], [204, 409], [409, 200]), came_to
    connection.check_constraints()
