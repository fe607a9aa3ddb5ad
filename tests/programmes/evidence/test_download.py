"""A file given away: to be saved, whole, under its name, and never as something that acts in the portal's name."""

import hashlib

import pytest

from programmes.services.evidence import remove_evidence
from tests.programmes.evidence.files import GOOD, PDF
from tests.web import Page

pytestmark = pytest.mark.django_db


def address(row):
    return f"/engagements/TSA-1/evidence/{row.public_id}/"


@pytest.mark.parametrize("name", GOOD)
def test_every_kind_is_saved_and_not_shown(name, add, browse, officer):
    content, media_type = GOOD[name]
    response = browse(officer).get(address(add(content, name)))

    assert b"".join(response) == content
    headers = response.headers
    assert headers["Content-Type"].partition(";")[0] == media_type
    assert headers["Content-Disposition"].startswith("attachment; filename")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "private, no-cache"
    assert headers["Content-Length"] == str(len(content))


def test_a_name_in_any_script_and_with_quotes_stays_one_name(add, browse, officer):
    arabic = browse(officer).get(address(add(name="محضر.pdf")))
    assert arabic.headers["Content-Disposition"] == "attachment; filename*=utf-8''%D9%85%D8%AD%D8%B6%D8%B1.pdf"

    quoted = browse(officer).get(address(add(PDF + b"\n", 'a"; filename="b.exe;.pdf')))
    assert quoted.headers["Content-Disposition"] == r'attachment; filename="a\"; filename=\"b.exe;.pdf"'


def test_who_has_it_already_is_told_so(add, browse, officer):
    url, tag = address(add()), f'"{hashlib.sha256(PDF).hexdigest()}"'

    assert browse(officer).get(url).headers["ETag"] == tag
    again = browse(officer).get(url, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)


def test_its_head_is_told_without_its_content(add, browse, officer):
    response = browse(officer).head(address(add()))

    assert (response.status_code, b"".join(response)) == (200, b"")
    assert response.headers["Content-Length"] == str(len(PDF))
    assert response.headers["Content-Disposition"] == 'attachment; filename="minutes.pdf"'


def test_to_another_ministry_it_is_not_there_and_taken_out_it_is_gone_for_all(add, browse, elsewhere, officer, liaison):
    row = add()
    assert browse(elsewhere).get(address(row)).status_code == 404

    remove_evidence(evidence_id=row.pk, reason="Not ours.", by=liaison)
    assert browse(officer).get(address(row)).status_code == 404


def test_it_is_at_its_own_engagement_only(add, browse, officer, report):
    row = add()

    assert browse(officer).get(f"/engagements/OTHER-1/evidence/{row.public_id}/").status_code == 404


def test_a_file_that_the_store_lost_is_told_in_a_sentence(add, browse, officer, stored):
    row = add()
    stored()[row.sha256].unlink()

    response = browse(officer).get(address(row))
    assert response.status_code == 404
    assert "what was in it cannot be found" in Page(response).text
