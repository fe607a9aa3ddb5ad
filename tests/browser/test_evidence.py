"""Files of a report on a bad line, in Chromium: a cut costs a slice at most, and without a script it works."""

import hashlib
import random
import re
import struct
import zlib

import pytest
from playwright.sync_api import expect

from programmes.models import Evidence, ProgressReport
from programmes.services.uploads import SLICE
from tests.browser.conftest import PASSWORD, REPORT, sign_in
from tests.programmes.evidence.files import PAGE, PDF

pytestmark = pytest.mark.browser

LONG = PDF + random.Random(7).randbytes(4 * SLICE)
UPLOAD = re.compile(r"/evidence/[0-9a-f-]{36}/$")


@pytest.fixture
def open_report(open_page, liaison):
    def make(**given):
        page = open_page(390, **given)
        sign_in(page, liaison)
        page.wait_for_url("**/due/")
        page.goto(REPORT)
        return page

    return make


def choose(page, *files):
    given = [{"name": name, "mimeType": kind, "buffer": content} for name, kind, content in files]
    page.locator("#evidence [type=file]").set_input_files(given)


class Line:
    """What goes over the page's line in slices; `cut` lets so many more through and none after."""

    def __init__(self, page):
        self.slices, self.left = [], None
        page.route(UPLOAD, self._pass)

    def cut(self, after):
        self.left = after

    def mend(self):
        self.left = None

    def _pass(self, route):
        request = route.request
        if self.left is not None and self.left <= 0:
            route.abort("connectionreset")
            return
        if request.method == "PATCH":
            self.slices.append((int(request.headers["upload-offset"]), len(request.post_data_buffer)))
            if self.left is not None:
                self.left -= 1
        route.continue_()


def files_listed(page):
    return page.locator("#evidence ul.list li")


def test_a_cut_line_costs_a_slice_at_most_and_the_rest_follows_by_itself(open_report, settings):
    page = open_report()
    line = Line(page)
    line.cut(after=2)
    page.get_by_label("What was done").fill("Audits by the")
    choose(page, ("register.pdf", "application/pdf", LONG))
    expect(page.locator("#evidence [role=status]")).to_contain_text("The line is down")
    line.mend()

    expect(files_listed(page)).to_have_count(1, timeout=15_000)
    expect(files_listed(page)).to_contain_text("register.pdf")
    row = Evidence.objects.get()
    assert row.sha256 == hashlib.sha256(LONG).hexdigest()
    assert [at for at, _size in line.slices] == [0, SLICE, 2 * SLICE, 3 * SLICE, 4 * SLICE]
    assert sum(size for _at, size in line.slices) == len(LONG)
    expect(page.get_by_label("What was done")).to_have_value("Audits by the")
    expect(page.locator("#evidence progress")).to_be_hidden()


def test_after_a_reload_the_same_file_goes_on_where_it_was(open_report):
    page = open_report()
    line = Line(page)
    line.cut(after=2)
    choose(page, ("register.pdf", "application/pdf", LONG))
    expect(page.locator("#evidence [role=status]")).to_contain_text("The line is down")
    line.mend()
    page.reload()
    choose(page, ("register.pdf", "application/pdf", LONG))

    expect(files_listed(page)).to_have_count(1, timeout=15_000)
    assert Evidence.objects.get().size == len(LONG)
    assert sum(size for _at, size in line.slices) - len(LONG) <= SLICE
    # Once more: it is there already, and is shown once.
    choose(page, ("register.pdf", "application/pdf", LONG))
    expect(page.locator("#evidence progress")).to_be_hidden()
    expect(files_listed(page)).to_have_count(1)


def test_a_file_that_is_refused_is_told_beside_the_field_and_the_next_one_is_kept(open_report):
    page = open_report()
    page.get_by_label("What the files back").select_option("I12")
    choose(page, ("report.pdf", "application/pdf", PAGE), ("minutes.pdf", "application/pdf", PDF))

    expect(files_listed(page)).to_have_count(1)
    expect(page.locator("#evidence [role=alert]")).to_contain_text("“report.pdf” is a web page")
    assert Evidence.objects.get().indicator.code == "I12"
    page.get_by_role("button", name="Remove minutes.pdf").click()
    expect(files_listed(page)).to_have_count(0)
    assert not Evidence.objects.exists()


def test_whoever_saves_while_a_file_is_on_its_way_waits_for_it(open_report):
    page = open_report()
    line = Line(page)
    line.cut(after=1)
    page.get_by_label("What was done").fill("Audits by the desk")
    choose(page, ("register.pdf", "application/pdf", LONG))
    expect(page.locator("#evidence [role=status]")).to_contain_text("The line is down")
    page.get_by_role("button", name="Save as draft").click()
    assert page.url.endswith(REPORT)
    line.mend()

    page.wait_for_url("**/due/", timeout=20_000)
    assert Evidence.objects.get().size == len(LONG)
    assert ProgressReport.objects.get(evidence__name="register.pdf").done == "Audits by the desk"


def test_where_the_sign_in_has_ended_it_says_what_to_do_and_that_helps(open_report, liaison):
    page = open_report()
    page.get_by_label("What was done").fill("Audits by the desk")
    page.context.clear_cookies()
    choose(page, ("minutes.pdf", "application/pdf", PDF))
    expect(page.locator("#evidence [role=alert]")).to_contain_text("Your sign-in has ended. Save the draft")

    page.get_by_role("button", name="Save as draft").click()
    page.get_by_label("Email", exact=True).fill(liaison.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("What was done")).to_have_value("Audits by the desk")
    choose(page, ("minutes.pdf", "application/pdf", PDF))
    expect(files_listed(page)).to_have_count(1)


def test_a_photo_is_made_smaller_before_it_is_sent(open_report, settings):
    page = open_report()
    photo = _noise(2000, 500)
    choose(page, ("Photo of the desk.png", "image/png", photo))

    expect(files_listed(page)).to_contain_text("Photo of the desk.jpg", timeout=20_000)
    row = Evidence.objects.get()
    assert (row.media_type, row.size < len(photo)) == ("image/jpeg", True)
    [path] = settings.FILES_DIR.glob("sha256/??/*")
    assert _size_of_jpeg(path.read_bytes()) == (1600, 400)


def test_without_a_script_the_button_keeps_the_file_and_what_is_typed(open_report):
    page = open_report(java_script_enabled=False)
    page.get_by_label("What was done").fill("By hand")
    choose(page, ("minutes.pdf", "application/pdf", PDF))
    page.get_by_role("button", name="Add the files").click()

    expect(files_listed(page)).to_contain_text("minutes.pdf")
    expect(page.get_by_label("What was done")).to_have_value("By hand")
    with page.expect_download() as saved:
        page.get_by_role("link", name="minutes.pdf").click()
    assert saved.value.suggested_filename == "minutes.pdf"


def _noise(width, height):
    """A picture that no packing makes small."""
    rows = random.Random(3)
    raw = b"".join(b"\x00" + rows.randbytes(3 * width) for _row in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(raw, 1)) + chunk(b"IEND", b"")


def _size_of_jpeg(content):
    """Width and height, as its frame's head says."""
    place = 2
    while content[place + 1] not in (0xC0, 0xC1, 0xC2):
        place += 2 + struct.unpack(">H", content[place + 2 : place + 4])[0]
    height, width = struct.unpack(">HH", content[place + 5 : place + 9])
    return width, height
