"""What changed since: nothing that commits late is lost, what is gone is told to those who could see it."""

import base64
import datetime as dt
import random
import threading
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection, transaction
from django.utils import timezone

from evaluations.models import CriterionRating
from programmes.models import Engagement, Milestone, Organisation, Tranche
from ta_portal.access.permissions import Role
from ta_portal.api.sealing import seal
from ta_portal.api_urls import RESOURCES
from ta_portal.changes.feed import begin_new_generation, feed_state
from ta_portal.embedded.readiness import wait_until
from tests.api.everything import ROWS
from tests.factories import (
    CostLineFactory,
    CountryFactory,
    EngagementFactory,
    EvaluationFactory,
    FundingAgreementFactory,
    MembershipFactory,
    MilestoneFactory,
    OrganisationFactory,
)
from tests.rest import fields_at_fault

BEGINNING = "1970-01-01T00:00:00Z"
FOLLOWED = sorted(viewset.resource for viewset in RESOURCES if viewset.has_feed())


class Follower:
    """A client that keeps a copy, and where it stands."""

    def __init__(self, asked, path="milestones/", **parameters):
        self.asked, self.path, self.parameters = asked, path, parameters
        self.mark, self.copy, self.gone, self.seen = BEGINNING, {}, set(), 0

    def poll(self):
        """All pages that there are now, once nothing holds the fence but what writes in this database."""
        assert wait_until(_held_by_nobody_elsewhere, 5)
        page = self.asked.get(self.path, updated_since=self.mark, **self.parameters)
        while True:
            for row in page["results"]:
                self.seen += 1
                key = row.get("public_id", row["id"])
                if row.get("deleted"):
                    self.gone.add(row["id"])
                    self.copy.pop(key, None)
                else:
                    self.copy[key] = row
            self.mark = page["watermark"]
            if page["next"] is None:
                return self
            query = {name: values[0] for name, values in parse_qs(urlsplit(page["next"]).query).items()}
            page = self.asked.get(self.path, **query)

    def poll_until(self, key):
        """Again while the row is not there: what ends in another database just now may hold the fence for a moment."""
        deadline = time.monotonic() + 5
        while key not in self.poll().copy and time.monotonic() < deadline:
            time.sleep(0.05)
        return self


def _held_by_nobody_elsewhere():
    """What ends in another database just now, another test's, may hold the fence for a moment."""
    state = feed_state()
    return state.fence == state.ceiling or state.held_since is not None


@pytest.fixture
def follow(transactional_db, rest):
    def make(path="milestones/", role=Role.VIEWER, scope=None, **parameters):
        return Follower(rest(role, **(scope or {})), path, **parameters)

    return make


def test_what_changed_comes_once_more_and_what_did_not_does_not(follow):
    engagement = EngagementFactory()
    kept, changed, gone = (MilestoneFactory(engagement=engagement) for _number in range(3))
    client = follow(page_size=2).poll()
    assert set(client.copy) == {str(row.public_id) for row in (kept, changed, gone)}

    client.seen, mark = 0, client.mark
    assert client.poll().seen == 0
    assert client.mark == mark
    Milestone.objects.filter(pk=changed.pk).update(title="Another")
    gone.delete()
    client.poll()

    assert client.seen == 2
    assert client.gone == {str(gone.public_id)}
    assert set(client.copy) == {str(kept.public_id), str(changed.public_id)}
    assert client.copy[str(changed.public_id)]["title"] == "Another"


def test_an_instant_tells_what_was_written_since(follow):
    MilestoneFactory(title="Before")
    instant = timezone.now()
    time.sleep(0.01)
    late = MilestoneFactory(title="After")
    client = follow(fields="id,title")

    client.mark = instant.isoformat().replace("+00:00", "Z")
    assert [row["title"] for row in client.poll().copy.values()] == ["After"]
    client.mark = (timezone.now() + dt.timedelta(days=1)).isoformat().replace("+00:00", "Z")
    client.copy = {}
    assert client.poll().copy == {}
    Milestone.objects.filter(pk=late.pk).update(title="Later")
    assert [row["title"] for row in client.poll().copy.values()] == ["Later"]


def test_what_a_transaction_still_holds_back_comes_when_it_is_done(follow):
    engagement = EngagementFactory()
    client = follow().poll()
    written, go_on = threading.Event(), threading.Event()

    def write_and_wait():
        try:
            with transaction.atomic():
                MilestoneFactory(engagement=engagement, code="EARLY")
                written.set()
                go_on.wait(20)
        finally:
            connection.close()

    writer = threading.Thread(target=write_and_wait)
    writer.start()
    assert written.wait(20)
    MilestoneFactory(engagement=engagement, code="LATE")
    held = client.asked.get("milestones/", updated_since=client.mark)
    go_on.set()
    writer.join(20)
    client.poll()

    assert held["results"] == []
    assert dt.datetime.fromisoformat(held["horizon"]) <= timezone.now()
    assert {row["code"] for row in client.copy.values()} == {"EARLY", "LATE"}
    assert client.asked.get("milestones/", updated_since=client.mark)["horizon"] is None


def test_sixteen_writers_lose_a_follower_nothing_and_repeat_a_list_nothing(follow):
    engagement = EngagementFactory()
    settled = [MilestoneFactory(engagement=engagement, code=f"OLD-{number:03d}") for number in range(40)]
    client, deleted, failed, done = follow(page_size=17), set(), [], threading.Event()

    def write(seed):
        rng, mine = random.Random(seed), []
        try:
            for step in range(8):
                made, dropped = [], []
                try:
                    with transaction.atomic():
                        for _number in range(rng.randint(1, 3)):
                            if mine and rng.random() < 0.3:
                                Milestone.objects.filter(pk=rng.choice(mine).pk).update(title=f"{seed}-{step}")
                            elif mine and rng.random() < 0.2:
                                victim = rng.choice(mine)
                                if Milestone.objects.filter(pk=victim.pk).delete()[0]:
                                    dropped.append(victim)
                            else:
                                made.append(MilestoneFactory(engagement=engagement))
                            time.sleep(rng.random() * 0.01)
                        if rng.random() < 0.15:
                            raise InterruptedError
                except InterruptedError:
                    continue
                deleted.update(str(row.public_id) for row in dropped)
                mine = [row for row in mine + made if row not in dropped]
        except Exception as error:  # noqa: BLE001 - told by the test
            failed.append(error)
        finally:
            connection.close()

    walks = []

    def walk():
        try:
            while not done.is_set():
                found, page = [], client.asked.get("milestones/", page_size=7, ordering="code", code__icontains="OLD")
                while True:
                    found += [row["code"] for row in page["results"]]
                    if page["next"] is None:
                        break
                    query = parse_qs(urlsplit(page["next"]).query)
                    page = client.asked.get("milestones/", **{name: values[0] for name, values in query.items()})
                walks.append(found)
        except Exception as error:  # noqa: BLE001 - told by the test
            failed.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(seed,)) for seed in range(16)]
    reader = threading.Thread(target=walk)
    for thread in [*writers, reader]:
        thread.start()
    while any(writer.is_alive() for writer in writers):
        client.poll()
    done.set()
    reader.join(30)
    client.poll()

    truth = {str(key): title for key, title in Milestone.objects.values_list("public_id", "title")}
    assert failed == []
    assert {key: row["title"] for key, row in client.copy.items()} == truth
    assert client.gone >= deleted - set(truth)
    assert len(deleted) > 0
    assert walks
    assert all(found == [row.code for row in settled] for found in walks)


def test_after_a_restore_an_old_watermark_is_410_and_the_feed_begins_again(follow):
    MilestoneFactory()
    client = follow().poll()
    before = feed_state().generation

    begin_new_generation()
    refused = client.asked.ask("milestones/", updated_since=client.mark)
    client.mark, client.copy = BEGINNING, {}

    assert feed_state().generation != before
    assert refused.status_code == 410
    assert refused.json()["code"] == "feed_restarted"
    assert len(client.poll().copy) == 1


def test_a_watermark_that_this_cluster_has_not_come_to_is_of_another_one(follow):
    from ta_portal.api.feed import Place, watermark

    client = follow()
    mark = watermark(Place(feed_state().ceiling + 1000, 1, 1), feed_state())

    assert client.asked.ask("milestones/", updated_since=mark).status_code == 410


def test_a_watermark_tells_nothing_and_is_taken_only_as_it_was_given_out(follow):
    MilestoneFactory()
    client = follow().poll()
    bare = base64.urlsafe_b64decode(client.mark.removeprefix("w.") + "==")

    assert feed_state().generation.hex.encode() not in bare
    for place in range(len(bare)):
        other = bytes([*bare[:place], bare[place] ^ 1, *bare[place + 1 :]])
        spoilt = "w." + base64.urlsafe_b64encode(other).decode().rstrip("=")
        assert fields_at_fault(client.asked.ask("milestones/", updated_since=spoilt)) == ["updated_since"]


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"{}", b"[]", b"null", b'["x",1,1,1]', b"[1,1,1,1]"])
def test_a_watermark_of_ours_that_holds_no_place_is_refused(rest, content):
    mark = "w." + seal(content, purpose="watermark")

    assert fields_at_fault(rest().ask("milestones/", updated_since=mark)) == ["updated_since"]


@pytest.mark.django_db
@pytest.mark.parametrize("since", ["", "yesterday", "w.", "w.e30", "w.W10", "w.bnVsbA", "w.€", "2024-13-01T00:00:00Z"])
def test_what_is_no_place_in_the_feed_is_refused(rest, since):
    assert fields_at_fault(rest().ask("milestones/", updated_since=since)) == ["updated_since"]


@pytest.mark.django_db
@pytest.mark.parametrize("beside", [{"ordering": "due"}, {"cursor": "x"}])
def test_a_feed_has_an_order_of_its_own(rest, beside):
    assert fields_at_fault(rest().ask("milestones/", updated_since=BEGINNING, **beside)) == list(beside)


@pytest.mark.django_db
@pytest.mark.parametrize("resource", ["countries", "jobs"])
def test_what_has_no_feed_says_so(rest, resource):
    assert fields_at_fault(rest(Role.ADMINISTRATOR).ask(f"{resource}/", updated_since=BEGINNING)) == ["updated_since"]


PARTS = {
    "agreements": lambda row: Tranche.objects.create(agreement=row, due="2024-07-01", amount=10),
    "indicators": lambda row: row.targets.create(due="2024-07-01", value=10),
    "evaluations": lambda row: row.ratings.create(criterion="impact", value=3),
    "readiness-assessments": lambda row: row.scores.create(dimension=row.set.dimensions.last(), score=1),
}


@pytest.mark.parametrize("resource", PARTS)
def test_a_part_that_comes_and_goes_is_a_change_of_what_shows_it(resource, follow):
    """In plain statements, which no service sees."""
    row = ROWS[resource](EngagementFactory(), 1)[0]
    client = follow(f"{resource}/", Role.ADMINISTRATOR).poll()
    beginning = client.seen

    part = PARTS[resource](row)
    with_it = client.poll().seen
    part.delete()
    without = client.poll().seen

    assert (with_it, without) == (beginning + 1, beginning + 2)


@pytest.mark.django_db(transaction=True)
def test_every_list_with_versions_can_be_followed(rest):
    asked = rest(Role.ADMINISTRATOR)
    for resource in FOLLOWED:
        engagement = EngagementFactory()
        row = ROWS[resource](engagement, 1)[0]
        narrowed = {"engagement": engagement.ref} if "engagement" in _parameters(resource) else {}
        client = Follower(asked, f"{resource}/", **narrowed).poll_until(str(row.public_id))
        assert str(row.public_id) in client.copy, resource
        client.seen = 0
        assert client.poll().seen == 0


def _parameters(resource):
    from ta_portal.api.root import openapi

    return {one.get("name") for one in openapi()["paths"][f"/api/v1/{resource}/"]["get"]["parameters"]}


def test_who_could_not_see_a_row_does_not_learn_that_it_is_gone(follow):
    ours, theirs = MilestoneFactory(), MilestoneFactory()
    everybody, narrow = follow(), follow(scope={"engagement": ours.engagement})
    elsewhere = follow(engagement=theirs.engagement.ref)
    gone = {str(ours.public_id), str(theirs.public_id)}

    ours.delete()
    theirs.delete()

    assert everybody.poll().gone == gone
    assert narrow.poll().gone == {str(ours.public_id)}
    assert elsewhere.poll().gone == {str(theirs.public_id)}


def test_a_salary_line_that_is_gone_is_told_only_to_who_may_know_rates(follow):
    salary = CostLineFactory(category="salaries")
    travel = CostLineFactory(budget=salary.budget, category="travel_accommodation")
    ids = {str(salary.public_id), str(travel.public_id)}

    salary.delete()
    travel.delete()

    assert follow("cost-lines/", Role.FINANCE_OFFICER).poll().gone == ids
    assert follow("cost-lines/", Role.VIEWER).poll().gone == {str(travel.public_id)}
    assert follow("cost-lines/", Role.FINANCE_OFFICER, {"engagement": EngagementFactory()}).poll().gone == set()


def test_an_engagement_that_is_gone_is_told_by_its_reference_to_whoever_held_it(follow):
    engagement = EngagementFactory()
    donor = FundingAgreementFactory(engagement=engagement).contributor
    country = CountryFactory(iso2="KE")
    engagement.recipients.update(country=country)
    held = [
        {"engagement": engagement},
        {"programme": engagement.programme},
        {"institution": engagement.institution},
        {"country": country},
        {"organisation": donor},
    ]
    clients = [follow("engagements/", scope=scope) for scope in held]
    others = [
        follow("engagements/", scope={"country": CountryFactory(iso2="UG")}),
        follow("engagements/", scope={"organisation": OrganisationFactory()}),
    ]
    for client in clients:
        assert str(engagement.public_id) in client.poll().copy
    # Only the membership on the engagement itself goes with it: its holder has lost all access.
    with transaction.atomic():
        engagement.agreements.all().delete()
        engagement.delete()

    for client in clients[1:]:
        assert client.poll().gone == {engagement.ref}
        assert client.copy == {}
    for client in others:
        assert client.poll().gone == set()


def test_a_code_that_is_taken_again_stands_for_the_row_that_has_it_now(follow):
    client = follow("organisations/")
    old = OrganisationFactory(code="UNO")
    client.poll()
    with transaction.atomic():
        old.delete()
        OrganisationFactory(code="UNO")

    client.poll()

    assert client.gone == set()
    assert Organisation.objects.filter(code="UNO").count() == 1


def test_writing_what_hangs_below_a_row_and_shows_in_it_is_a_change_of_the_row(follow):
    evaluation = EvaluationFactory()
    engagement = Engagement.objects.get(pk=evaluation.engagement_id)
    evaluations, engagements = follow("evaluations/").poll(), follow("engagements/").poll()
    evaluations.seen = engagements.seen = 0

    CriterionRating.objects.create(evaluation=evaluation, criterion="impact", value=4)
    engagement.recipients.update(country=CountryFactory(iso2="KE"))

    assert evaluations.poll().copy[str(evaluation.public_id)]["mean"] == "4.00"
    shown = engagements.poll().copy[str(engagement.public_id)]["recipients"]
    assert [one["country"] for one in shown] == ["KE"]
    assert Engagement.objects.get(pk=engagement.pk).row_version == engagement.row_version + 1


def test_losing_access_is_no_deletion(follow):
    # The client keeps its copy, and the list is empty.
    ours = MilestoneFactory()
    client = follow(scope={"engagement": ours.engagement}).poll()

    MembershipFactory._meta.model.objects.filter(engagement=ours.engagement).delete()
    client.poll()

    assert client.gone == set()
    assert client.asked.get("milestones/")["results"] == []
