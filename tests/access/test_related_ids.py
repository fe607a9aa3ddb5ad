"""What one may not see, named in a body, a filter, a search or a form, is answered as what is not there."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from costing.models import CostLineKey
from programmes.models import Country, ProgressReport
from ta_portal.api.inputs import OneOf
from ta_portal.api_urls import RESOURCES
from tests.access.bodies import BODIES, REST, V1
from tests.access.readers import Reader, settled

pytestmark = pytest.mark.django_db

# A row of the other ministry's engagement, and a name of the same length that nobody has.
HIDDEN, NOBODYS = "THEIRS-1", "NOBODY-1"
NAMED = {
    "engagement": (HIDDEN, NOBODYS),
    "programme": ("P-THEIRS", "P-NOBODY"),
    "donor": ("FUND-T", "FUND-N"),
}
READERS = ("officer", "liaison", "expert", "read")


def answers(reader, method, path, names, body=None):
    """Both answers, each with the name taken out, and how many queries each took."""
    found = []
    for name in names:
        sent = {key: _named(value, name) for key, value in (body or {}).items()} or None
        with CaptureQueriesContext(connection) as queries:
            response = reader.ask(method, path.replace("NAME", name), sent)
        said = settled(response).replace(name.encode(), b"NAME")
        found.append((response.status_code, said, response.headers.get("Location"), len(queries)))
    return found


def _named(value, name):
    return value.replace("NAME", name) if isinstance(value, str) else value


@pytest.mark.parametrize("kind", NAMED)
@pytest.mark.parametrize("name", ["officer", "evaluator"])
def test_a_report_on_what_is_hidden_is_asked_for_in_vain(name, kind, world):
    reader = Reader(name, world)

    hidden, nobodys = answers(reader, "POST", "/api/v1/impact-reports/", NAMED[kind], {"scope": f"{kind}:NAME"})

    assert hidden == nobodys
    assert hidden[0] == 400


@pytest.mark.parametrize("kind", NAMED)
def test_the_form_for_a_report_offers_nothing_hidden_and_takes_nothing_hidden(kind, world):
    reader = Reader("officer", world)

    hidden, nobodys = answers(reader, "POST", "/reports/", NAMED[kind], {"scope": f"{kind}:NAME"})
    asked, asked_for_nobody = answers(reader, "GET", f"/reports/?scope={kind}:NAME", NAMED[kind])

    assert hidden == nobodys
    assert hidden[0] == 422
    assert asked == asked_for_nobody
    assert NAMED[kind][0].encode() not in reader.ask("GET", "/reports/").content


def test_the_list_offers_only_countries_of_engagements_that_are_seen(world):
    reader = Reader("officer", world)
    names = ("KE", next(code for code in ("ZW", "ZM") if Country.objects.filter(pk=code).exists()))

    hidden, unserved = answers(reader, "GET", "/engagements/?country=NAME", names)

    assert hidden == unserved
    assert b'value="KE"' not in reader.ask("GET", "/engagements/").content


@pytest.mark.parametrize("path", ["/engagements/NAME/", "/engagements/NAME/costs/", "/engagements/?q=NAME"])
@pytest.mark.parametrize("name", READERS[:-1])
def test_a_page_on_what_is_hidden_is_one_that_is_not_there(name, path, world):
    hidden, nobodys = answers(Reader(name, world), "GET", path, NAMED["engagement"])

    assert hidden == nobodys


def related(resource):
    """Each parameter of a list that takes the code of another row, with a hidden one and one that nobody has."""
    rows = {
        "engagement": NAMED["engagement"],
        "programme": NAMED["programme"],
        "institution": ("INST-THEIRS", "INST-NOBODY"),
        **dict.fromkeys(("lead", "contributor", "administrator", "provider"), NAMED["donor"]),
        "expert": ("E-0003", "E-9999"),
        "agreement": ("AG-T", "AG-N"),
        "scope": ("engagement:THEIRS-1", "engagement:NOBODY-1"),
        "scope_code": (HIDDEN, NOBODYS),
        "source": ("theirs", "nobody"),
        "search": (HIDDEN, NOBODYS),
        "country": ("KE", "ZW"),
    }
    for parameter in sorted(_parameters(resource)):
        if (name := parameter.partition("__")[0]) in rows:
            yield parameter, rows[name]


def _parameters(resource):
    own = {"engagement"} if resource.engagement_path else set()
    return {*resource.filters(), *own, *(["search"] if resource.search_fields else [])}


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.resource)
def test_a_list_filtered_by_what_is_hidden_is_a_list_filtered_by_nothing_that_there_is(resource, world):
    # The names of a page's neighbours hold the question: nothing is found, so there are none.
    for name in READERS:
        reader = Reader(name, world)
        for parameter, names in related(resource):
            path = f"/api/v1/{resource.resource}/?{parameter}=NAME"
            hidden, nobodys = answers(reader, "GET", path, names)
            assert hidden == nobodys, (name, path)
            if resource.resource != "countries" and hidden[0] == 200:
                assert hidden[1] == b'{"results":[],"next":null,"previous":null}', (name, path)


@pytest.mark.parametrize("resource", [r for r in RESOURCES if r.resource != "countries"], ids=lambda r: r.resource)
def test_a_row_that_is_hidden_is_one_that_is_not_there(resource, world):
    row = _their_row(resource, world)
    nobodys = "00000000-0000-4000-8000-000000000000" if resource.lookup_field == "public_id" else "X" * len(str(row))

    for name in ("officer", "liaison", "expert", "read"):
        hidden, missing = answers(Reader(name, world), "GET", f"/api/v1/{resource.resource}/NAME/", (str(row), nobodys))
        assert hidden == missing, name
        assert hidden[0] == 404


def _their_row(resource, world):
    rows = resource.queryset.model._default_manager.all()
    theirs = world.theirs
    above = {
        "engagements": {"pk": theirs.pk},
        "institutions": {"pk": theirs.institution_id},
        "counterpart-posts": {"institution": theirs.institution_id},
        "post-holders": {"post__institution": theirs.institution_id},
        "programmes": {"pk": theirs.programme_id},
        "organisations": {"code": "FUND-T"},
        "exchange-rates": {"source": "theirs"},
        "impact-reports": {"scope_engagement_id": theirs.pk},
        "jobs": {"by": world.people["elsewhere"]},
        "messages": {"recipient": world.people["elsewhere"]},
    }
    below = {resource.engagement_path: theirs} if resource.engagement_path else above[resource.resource]
    return getattr(rows.filter(**below).first(), resource.lookup_field)


@pytest.mark.parametrize("door", ["costs", "funding", "results", "overlaps", "deployment-summary"])
@pytest.mark.parametrize("name", READERS)
def test_a_door_of_what_is_hidden_is_one_that_is_not_there(name, door, world):
    hidden, nobodys = answers(Reader(name, world), "GET", f"/api/v1/engagements/NAME/{door}/", NAMED["engagement"])

    assert hidden == nobodys
    assert hidden[0] == 404


# --- what is named in the bodies of acts, and chosen in forms ---

NOBODYS_ID = "00000000-0000-4000-8000-000000000000"


def of_theirs(world):
    """By the name of an input's field: a row that is theirs, and one that nobody has."""
    ids = {
        "budget": world.theirs.budgets.get().public_id,
        "progress_report": ProgressReport.objects.get(period__engagement=world.theirs).public_id,
        "settles": world.theirs.ledger_entries.first().public_id,
    }
    return {
        "engagement": NAMED["engagement"],
        "parent": NAMED["engagement"],
        "programme": NAMED["programme"],
        **dict.fromkeys(("lead", "contributor", "administrator", "provider"), NAMED["donor"]),
        "institution": ("INST-THEIRS", "INST-NOBODY"),
        "expert": ("E-0003", "E-9999"),
        "agreement": ("AG-T", "AG-N"),
        **{name: (str(public_id), NOBODYS_ID) for name, public_id in ids.items()},
    }


ADDED = [key for key in REST if key[0] == "POST" and key[1].count("/") == 1 and key[1] != "impact-reports/"]


@pytest.mark.parametrize("key", ADDED, ids=lambda key: key[1])
def test_a_body_that_names_what_is_hidden_is_refused_like_one_that_names_nothing(key, world):
    viewset = next(one for one in RESOURCES if f"{one.resource}/" == key[1])
    related = [name for name, field in viewset.acts["create"].reads().fields.items() if isinstance(field, OneOf)]
    body, theirs = REST[key](world), of_theirs(world)
    if viewset.resource == "institutions":
        theirs["parent"] = theirs["institution"]
    for name in ("administrator", "officer", "liaison", "expert"):
        reader = Reader(name, world)
        for field in set(related) & set(theirs):
            hidden, nobodys = answers(reader, "POST", V1 + key[1], theirs[field], {**body, field: "NAME"})
            assert hidden == nobodys, (name, field)
            assert hidden[0] in (400, 403), (name, field)


CHOSEN = {
    "/engagements/new/": ("programme", "institution"),
    "/engagements/OURS-1/deployments/new/": ("expert", "workstream"),
    "/engagements/OURS-1/agreements/new/": ("contributor", "administrator"),
    "/engagements/OURS-1/cost-lines/new/": ("workstream", "agreement"),
    "/engagements/OURS-1/ledger-entries/new/": ("line", "agreement"),
    "/engagements/OURS-1/indicators/new/": ("outcome", "workstream"),
    "/engagements/OURS-1/milestones/new/": ("workstream",),
}


@pytest.mark.parametrize("path", CHOSEN)
def test_a_form_takes_nothing_hidden_and_says_what_it_says_of_what_is_not_there(path, world):
    theirs = world.theirs
    rows = {
        "programme": theirs.programme,
        "institution": theirs.institution,
        "expert": theirs.deployments.first().expert,
        "workstream": theirs.workstreams.first(),
        "contributor": theirs.agreements.get().contributor,
        "administrator": theirs.agreements.get().contributor,
        "agreement": theirs.agreements.get(),
        "line": CostLineKey.objects.filter(engagement=theirs).first(),
        "outcome": theirs.outcomes.first(),
    }
    body = BODIES["POST", path.replace("OURS-1", "<str:ref>")](world)
    reader = Reader("administrator" if "OURS-1" in path else "officer", world)
    for field in CHOSEN[path]:
        names = (str(rows[field].pk), str(rows[field].pk + 900_000_000))
        hidden, nobodys = (reader.ask("POST", path, {**body, field: name}) for name in names)
        assert hidden.status_code == nobodys.status_code == 422, (field, hidden.status_code)
        assert settled(hidden) == settled(nobodys), field


@pytest.mark.parametrize("page", ["countries/NAME/", "institutions/NAME/", "donors/NAME/", "programmes/NAME/"])
@pytest.mark.parametrize("name", ["officer", "liaison", "expert"])
def test_a_profile_of_what_is_hidden_is_one_that_is_not_there(page, name, world):
    kind = page.partition("/")[0]
    names = {
        "countries": ("KE", "QQ"),
        "institutions": ("INST-THEIRS", "INST-NOBODY"),
        "donors": NAMED["donor"],
        "programmes": NAMED["programme"],
    }[kind]

    hidden, nobodys = answers(Reader(name, world), "GET", f"/{page}", names)

    assert hidden == nobodys
    assert hidden[0] == 404


@pytest.mark.parametrize("question", ["q", "donor", "programme", "institution"])
@pytest.mark.parametrize("path", ["/portfolio/", "/portfolio/explain/", "/engagements/", "/search/"])
def test_a_page_filtered_by_what_is_hidden_is_one_filtered_by_nothing_that_there_is(path, question, world):
    names = {"q": (HIDDEN, NOBODYS), "donor": NAMED["donor"], "programme": NAMED["programme"],
             "institution": ("INST-THEIRS", "INST-NOBODY")}[question]  # fmt: skip

    hidden, nobodys = answers(Reader("officer", world), "GET", f"{path}?{question}=NAME", names)

    assert hidden == nobodys
