import io
import json

import pytest
from django.core.management import CommandError, call_command

from programmes.models import Engagement
from tests.conftest import SHARED_DATA

pytestmark = pytest.mark.django_db

MOLDOVA = SHARED_DATA / "moldova" / "moldova.json"


def run(*arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command("load_scenario", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_it_prints_counts_and_tells_apart_what_it_keeps_without_a_column():
    out, err = run(MOLDOVA)

    assert out.splitlines()[0] == "MDA-TAX-2015: loaded."
    assert "     4  indicators" in out.splitlines()
    assert "meta.source" in err


def test_a_second_run_says_that_it_did_nothing():
    run(MOLDOVA)

    out, _err = run(MOLDOVA)

    assert out.splitlines()[0] == "MDA-TAX-2015: here already, nothing changed."


def test_json_is_one_object_on_stdout():
    out, _err = run(MOLDOVA, "--json")

    answer = json.loads(out)
    assert out.count("\n") == 1
    assert (answer["engagement"], answer["loaded"], answer["counts"]["payments"]) == ("MDA-TAX-2015", True, 1)


@pytest.mark.parametrize("content", ["", "{", '{"meta": {"name": "x"}}', "[1]"])
def test_bad_input_is_one_sentence_and_exit_1(tmp_path, content):
    file = tmp_path / "bad.json"
    file.write_text(content, "utf-8")

    with pytest.raises(CommandError) as refusal:
        run(file)

    assert refusal.value.returncode == 1
    assert "\n" not in str(refusal.value)
    assert not Engagement.objects.exists()


@pytest.mark.parametrize("name", ["nowhere.json", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path, name):
    with pytest.raises(CommandError, match="cannot be read") as refusal:
        run(tmp_path / name)

    assert str(tmp_path) in str(refusal.value)
    assert refusal.value.returncode == 1
