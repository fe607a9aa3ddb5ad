"""Files that want to do harm, or are none: refused at once in one sentence, with nothing read, called or stored."""

import gzip
import json
import socket
import subprocess
import sys
import threading

import pytest

from programmes.models import Engagement, Organisation
from ta_portal.errors import InvalidInput
from ta_portal.exchange.iati.loader import import_activities
from tests.conftest import PROJECT
from tests.exchange.iati.conftest import activity, wrapped

BODY = wrapped(activity()).partition("\n")[2]
ROOT = '<iati-activities version="2.03">'
LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
PARAMETERS = '<!ENTITY % a "x"><!ENTITY % b "%a;%a;%a;%a;"> %b;'

# Name, content, and what the sentence says.
HOSTILE = {
    "an external entity that names a file": (
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + BODY.replace("Tax reform", "&e;"),
        "DOCTYPE",
    ),
    "an external document type": ('<!DOCTYPE x SYSTEM "{address}">' + BODY, "DOCTYPE"),
    "an external parameter entity": ('<!DOCTYPE x [<!ENTITY % p SYSTEM "{address}"> %p;]>' + BODY, "DOCTYPE"),
    "a billion laughs": (f'<!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]>' + BODY.replace("Tax reform", "&l9;"), "DOCTYPE"),
    "laughs in parameters": (f"<!DOCTYPE x [{PARAMETERS}]>" + BODY, "DOCTYPE"),
    "a document type in another encoding": (
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x>' + BODY).encode("utf-16"),
        "DOCTYPE",
    ),
    "a document type behind a long comment": (f"<!--{'x' * 100_000}--><!DOCTYPE x>" + BODY, "DOCTYPE"),
    "an entity that nobody declared": (BODY.replace("Tax reform", "&nobody;"), "not whole XML"),
    "deep nesting": (BODY.replace("Tax reform", "<a>" * 100_000), "not whole XML"),
    "a huge text": (BODY.replace("Tax reform", "x" * 15_000_000), "not whole XML|larger than"),
    "a huge attribute": (f'{ROOT}<iati-activity default-currency="{"x" * 15_000_000}"/>', "not whole XML|larger than"),
    "a huge attribute of the root": (f'<iati-activities version="{"2" * 15_000_000}"/>', "begin"),
    "a huge name": (f"<{'x' * 15_000_000}/>", "begin"),
    "an endless beginning": (" " * 15_000_000, "begin"),
    "an activity without end": (
        ROOT + "<iati-activity>" + '<sector code="1"/>' * 800_000,
        "not whole XML|larger than",
    ),
    "another root": ("<html><body>Not here</body></html>", "root is “html”"),
    "an organisation file": ('<iati-organisations version="2.03"/>', "root is “iati-organisations”"),
    "no XML": ("identifier,title\n1,Tax", "not XML"),
    "JSON": ('{"meta": 1}', "not XML"),
    "nothing": ("", "not XML"),
    "zeros": (b"\0" * 1000, "not XML"),
    "the middle of a file": (BODY[200:], "not XML"),
    "a file that ends too early": (BODY[: len(BODY) // 2], "not whole XML"),
    "bytes that are no UTF-8": (BODY.replace("Tax reform", "x").encode().replace(b"x", b"\xff", 1), "XML"),
    "an encoding that nobody knows": ('<?xml version="1.0" encoding="x-evil"?>' + BODY, "XML"),
    "version 1.05": (wrapped(activity(), version="1.05"), "version is 1.05; 2.01, 2.02 and 2.03"),
    "version 3": (wrapped(activity(), version="3.0"), "version is 3.0"),
    "no version": (BODY.replace(' version="2.03"', ""), "version is none"),
    "an activity inside another": (wrapped(activity(more=activity(identifier="INNER"))), "inside another element"),
    "an activity under another element": (f"{ROOT}<x><iati-activity/></x></iati-activities>", "inside another element"),
    "elements of a namespace": (BODY.replace(ROOT, f'{ROOT[:-1]} xmlns="urn:x">'), "of the namespace urn:x"),
    "gzip": (gzip.compress(BODY.encode()), "compressed"),
    "a bomb of gzip": (gzip.compress(b" " * 50_000_000), "compressed"),
    "zip": (b"PK\x03\x04" + bytes(100), "compressed"),
    "another encoding than declared": (('<?xml version="1.0" encoding="UTF-8"?>' + BODY).encode("utf-16"), "not XML"),
    "something after the end": (BODY + "<x/>", "not whole XML"),
    "no activity": (f"{ROOT}</iati-activities>", "holds no activity"),
}

TIMED = """
import json, resource, sys, time
from pathlib import Path
import django
django.setup()
from ta_portal.errors import InvalidInput
from ta_portal.exchange.iati.reader import read_file
for name in sys.argv[1:]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    try:
        list(read_file(Path(name)))
        said = None
    except InvalidInput as refusal:
        said = refusal.message
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(json.dumps([said, time.process_time() - began, grown // 1024]))
"""


@pytest.fixture(scope="module")
def listener():
    """An address of this machine that counts who calls."""
    calls = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            while True:
                try:
                    connection, _address = server.accept()
                except OSError:
                    return
                calls.append(1)
                connection.close()

        threading.Thread(target=answer, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/evil.dtd", calls


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, listener):
    """What another process says of each file, how many seconds and megabytes it took."""
    folder = tmp_path_factory.mktemp("hostile")
    paths = []
    for number, (content, _said) in enumerate(HOSTILE.values()):
        path = folder / f"{number}.xml"
        raw = content.encode("utf-8") if isinstance(content, str) else content
        path.write_bytes(raw.replace(b"{address}", listener[0].encode()))
        paths.append(path)
    big = folder / "big.xml"
    big.write_text(f'{ROOT}<iati-activity default-currency="', "utf-8")
    with big.open("r+b") as file:
        file.truncate(2_000_000_000)
    done = subprocess.run(
        [sys.executable, "-c", TIMED, *map(str, paths), str(big)],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
        timeout=120,
    )
    return dict(zip([*HOSTILE, "two gigabytes"], map(json.loads, done.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("name", [*HOSTILE, "two gigabytes"])
def test_it_is_refused_at_once_in_one_sentence(name, hostile):
    said, seconds, megabytes = hostile[name]

    assert said is not None
    assert "\n" not in said
    assert seconds < 1
    assert megabytes < 150


@pytest.mark.parametrize("name", HOSTILE)
def test_the_sentence_says_why(name, hostile):
    said = hostile[name][0]

    assert any(words in said for words in HOSTILE[name][1].split("|")), said
    assert socket.gethostname() not in said


def test_nobody_was_called(hostile, listener):
    assert hostile["an external document type"][0]
    assert listener[1] == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["a billion laughs", "a file that ends too early", "version 1.05", "nothing"])
def test_nothing_is_stored(name, file):
    organisations = Organisation.objects.count()

    with pytest.raises(InvalidInput):
        import_activities(file(raw=HOSTILE[name][0]), commit=True)

    assert not Engagement.objects.exists()
    assert Organisation.objects.count() == organisations
