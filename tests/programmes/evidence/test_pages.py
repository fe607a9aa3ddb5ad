"""Files in the report's form without JavaScript, and where readers and reviewers find them."""

import gzip

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from programmes.models import Evidence, Observation
from programmes.services.progress import accept_report, submit_report
from ta_portal.access.permissions import Role
from tests.factories import EvidenceFactory, IndicatorFactory, ProgressReportFactory
from tests.programmes.evidence.files import HOSTILE, PAGE, PDF, PNG, SVG, TEXT
from tests.programmes.progress.conftest import ADDRESS
from tests.web import Page

pytestmark = pytest.mark.django_db


def sent(name="minutes.pdf", content=PDF):
    # A client says what it likes of the kind: nobody listens.
    return SimpleUploadedFile(name, content, content_type="text/html")


def names():
    return sorted(Evidence.objects.values_list("name", flat=True))


def test_files_are_added_and_what_is_typed_stays_as_it_was_typed(fill, report, accounts):
    typed = {"done": "The bank", f"value_{accounts.pk}": "34x"}
    response = fill("attach", evidence=[sent(), sent("screen.png", PNG)], **typed)

    assert response.status_code == 200
    page = Page(response)
    assert "2 files were added." in page.text
    assert "There is a problem" not in page.text
    assert response.context["form"]["done"].value() == "The bank"
    assert response.context["form"][f"value_{accounts.pk}"].value() == "34x"
    assert names() == ["minutes.pdf", "screen.png"]
    assert all(row.indicator is None and row.media_type != "text/html" for row in Evidence.objects.all())
    report.refresh_from_db()
    assert report.done == ""


def test_a_file_may_back_one_figure(fill, accounts):
    response = fill("attach", evidence=[sent()], evidence_about="I01")

    assert Evidence.objects.get().indicator == accounts
    [line] = response.context["attached"].files()
    assert line.backs == "Bank accounts outside the TSA"
    assert f'href="{line.url}"' in response.content.decode()


def test_a_figure_that_is_none_is_refused_at_its_field(fill):
    response = fill("attach", evidence=[sent()], evidence_about="I77")

    assert response.status_code == 422
    assert response.context["attached"].form.errors["evidence_about"]
    assert names() == []


def test_a_file_that_comes_with_the_draft_is_kept_with_it(fill, report):
    response = fill("save", evidence=[sent()], done="The bank")

    assert response.status_code == 302
    report.refresh_from_db()
    assert (report.done, names()) == ("The bank", ["minutes.pdf"])


def test_a_file_that_comes_with_a_report_that_is_not_whole_is_kept_all_the_same(fill, report):
    response = fill("send", evidence=[sent()])

    assert response.status_code == 422
    assert "Give the figure, or say why there is none." in Page(response).text
    assert names() == ["minutes.pdf"]
    assert "minutes.pdf" in Page(response).text


def test_of_a_report_with_a_file_that_is_refused_nothing_is_sent_and_the_other_files_are_kept(fill, report, accounts):
    typed = {f"value_{accounts.pk}": "340", "done": "Closed 26."}
    response = fill("send", evidence=[sent(), sent("report.pdf", PAGE)], **typed)

    assert response.status_code == 422
    said = "“report.pdf” is a web page or an SVG drawing, which may act by itself: save it as a PDF."
    assert response.context["attached"].form.errors["evidence"] == [said]
    assert said in Page(response).text
    assert response.context["form"]["done"].value() == "Closed 26."
    report.refresh_from_db()
    assert (report.state, names()) == ("draft", ["minutes.pdf"])
    assert not Observation.objects.filter(report=report).exists()


def test_without_a_file_it_asks_for_one_and_loses_nothing(fill):
    response = fill("attach", done="The bank")

    assert response.status_code == 422
    assert response.context["attached"].form.errors["evidence"] == ["Choose a file first."]
    assert response.context["form"]["done"].value() == "The bank"


def test_a_path_in_the_name_stays_behind(browse, liaison, report):
    """Browsers send none; of what others send the last part alone is taken."""
    body = (
        b'--b\r\nContent-Disposition: form-data; name="act"\r\n\r\nattach\r\n'
        b'--b\r\nContent-Disposition: form-data; name="evidence"; filename="../../../etc/cron.d/evil.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n" + PDF + b"\r\n--b--\r\n"
    )
    response = browse(liaison).generic("POST", ADDRESS, body, "multipart/form-data; boundary=b")

    assert response.status_code == 200
    assert names() == ["evil.pdf"]


@pytest.mark.parametrize(
    "what", [what for what, (name, _content, _why) in HOSTILE.items() if "/" not in name and "\\" not in name]
)
def test_what_is_hostile_is_refused_at_the_field(what, fill, stored):
    name, content, _why = HOSTILE[what]
    file = sent("x", content)
    file.__dict__["_name"] = name
    response = fill("attach", evidence=[file], done="The bank")

    assert response.status_code == 422
    assert len(response.context["attached"].form.errors["evidence"]) == 1
    assert response.context["form"]["done"].value() == "The bank"
    assert (names(), stored()) == ([], {})


def test_two_gigabytes_are_refused_before_any_of_it_is_read(browse, liaison, report):
    class Never:
        """Whoever reads of it reads too much."""

        def read(self, *_args):
            raise AssertionError("it was read")

        readline = read

    told = {"CONTENT_LENGTH": str(2 * 1024**3), "wsgi.input": Never()}
    response = browse(liaison).generic("POST", ADDRESS, b"", "multipart/form-data; boundary=b", **told)

    assert response.status_code == 413
    assert "larger than 61 MB" in Page(response).text


def test_a_stranger_is_refused_so_as_well(report):
    told = {"CONTENT_LENGTH": str(2 * 1024**3)}
    response = Client().generic("POST", "/accounts/login/", b"", "multipart/form-data; boundary=b", **told)

    assert response.status_code == 413


def test_a_file_is_taken_out_and_what_is_typed_stays(fill, add):
    row = add()
    response = fill("save", remove_evidence=row.public_id, done="The bank")

    assert response.status_code == 200
    assert "“minutes.pdf” was taken out." in Page(response).text
    assert response.context["form"]["done"].value() == "The bank"
    assert names() == []
    again = fill("save", remove_evidence=row.public_id)
    assert again.status_code == 200
    assert fill("save", remove_evidence="nonsense").status_code == 422


def test_a_file_of_another_report_is_not_taken_out_here(fill, add, engagement, officer):
    other = EvidenceFactory(report=ProgressReportFactory())
    assert fill("save", remove_evidence=other.public_id).status_code == 200
    assert Evidence.objects.filter(pk=other.pk).exists()


def test_a_report_that_was_sent_meanwhile_takes_no_file_and_says_so(fill, report, accounts, liaison):
    submit_report(report_id=report.pk, by=liaison)

    response = fill("attach", evidence=[sent()], done="The bank")
    assert response.status_code == 422
    assert "it cannot be edited" in response.context["attached"].form.errors["evidence"][0]
    assert names() == []


def test_readers_and_reviewers_find_a_file_beside_what_it_backs(
    add, browse, report, accounts, liaison, officer, member
):
    ours, whole = add(indicator=accounts), add(TEXT, "notes.txt")
    asked = IndicatorFactory(outcome=accounts.outcome, code="I05", title="Not asked for", frequency="once")
    late = add(PNG, "screen.png", indicator=asked)
    submit_report(report_id=report.pk, by=liaison)

    review = Page(browse(officer).get(f"{ADDRESS}review/"))
    links = [f"/engagements/TSA-1/evidence/{row.public_id}/" for row in (ours, whole, late)]
    assert [link for link in review.links if "/evidence/" in link] == links[:1] + sorted(links[1:], key=links.index)
    accept_report(report_id=report.pk, by=officer)
    for reader in (liaison, officer, member(Role.VIEWER)):
        page = Page(browse(reader).get(ADDRESS))
        assert [link for link in page.links if "/evidence/" in link] == links
        assert "Remove" not in page.text


def test_the_form_stays_light_with_files_and_many_figures(add, browse, liaison, accounts):
    for number in range(8):
        add(TEXT + bytes(str(number), "ascii"), f"notes {number}.txt")
    response = browse(liaison).get(ADDRESS)

    assert len(gzip.compress(response.content)) <= 8 * 1024


def test_svg_is_refused_by_whatever_name(fill):
    for name in ("a.svg", "a.png", "a.pdf", "a.txt"):
        assert fill("attach", evidence=[sent(name, SVG)]).status_code == 422
    assert names() == []
