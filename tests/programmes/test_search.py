"""Searching on pages and over REST: every word, in any case, with its accents or without."""

import pytest

from programmes.selectors.search import search
from ta_portal.access.permissions import Role
from ta_portal.i18n.folding import holding
from tests.factories import EngagementFactory, InstitutionFactory, MilestoneFactory
from tests.i18n.test_folding import WORDS
from tests.rest import Rest

MISSES = [
    ("100 of it", "%"),
    ("Tax audit", "t_x"),
    ("Tax", "tä q"),
    ("وزارة", "المالية"),
    ("Ελλάς", "Ελλάδα"),
    ("a", "\\"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("written", "typed"), WORDS)
def test_a_search_finds_it_on_the_page_and_over_rest(written, typed, member):
    engagement = EngagementFactory(title=written, institution=InstitutionFactory(name=written))
    MilestoneFactory(engagement=engagement, title=written)
    user = member(Role.VIEWER)

    found = search(user, typed)
    assert [one.pk for one in found.engagements] == [engagement.pk]
    assert [one.pk for one in found.institutions] == [engagement.institution_id]
    asked = Rest(user)
    assert len(asked.codes("milestones/", search=typed)) == 1
    assert len(asked.codes("milestones/", title__icontains=typed.split()[0])) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("written", "typed"), MISSES)
def test_what_is_not_there_is_not_found(written, typed, member):
    EngagementFactory(title=written, institution=InstitutionFactory(name="Treasury"))

    assert list(search(member(Role.VIEWER), typed).engagements) == []


@pytest.mark.django_db
def test_every_word_has_to_be_there_and_each_may_be_in_another_place():
    both = EngagementFactory(title="Audit", institution=InstitutionFactory(name="Trésor"))
    EngagementFactory(title="Audit", institution=InstitutionFactory(name="Customs"))
    rows = type(both).objects

    assert list(rows.filter(holding("tresor AUDIT", "title", "institution__name"))) == [both]
    assert rows.filter(holding("", "title")).count() == 2
