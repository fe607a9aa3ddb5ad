"""What docs/promises.md names as a proof is there."""

import ast
import re

import pytest

from tests.conftest import PROJECT
from tests.protections import PROTECTIONS, Protection

PROMISES = (PROJECT / "docs/promises.md").read_text("utf-8")
PROOFS = sorted(set(re.findall(r"`(tests/[^`]+\.py(?:::\w+)?)`", PROMISES)))


@pytest.mark.parametrize("proof", PROOFS)
def test_a_promise_names_a_test_that_there_is(proof):
    path, _, name = proof.partition("::")
    source = ast.parse((PROJECT / path).read_text("utf-8"))
    tests = {node.name for node in ast.walk(source) if isinstance(node, ast.FunctionDef)}

    assert name in tests if name else any(test.startswith("test_") for test in tests)


@pytest.mark.parametrize("one", PROTECTIONS, ids=lambda one: f"{one.promise}-{one.file}")
def test_what_is_taken_out_to_see_a_test_go_red_stands_where_it_says(one: Protection):
    """`tests/protections.py` takes it out and runs the test: by hand, for it takes long."""
    assert (PROJECT / one.file).read_text("utf-8").count(one.text) == 1
