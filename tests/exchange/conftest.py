import copy
import json

import pytest

from ta_portal.exchange.scenario.loader import load_scenario
from tests.conftest import SHARED_DATA


def _read(name):
    return json.loads((SHARED_DATA / name).read_text("utf-8"))


_FINANCIA, _MOLDOVA = _read("financia/financia.json"), _read("moldova/moldova.json")


@pytest.fixture
def financia():
    """The whole of Financia, to be changed at will."""
    return copy.deepcopy(_FINANCIA)


@pytest.fixture
def moldova():
    return copy.deepcopy(_MOLDOVA)


@pytest.fixture
def load(db):
    def load_one(scenario):
        return load_scenario(json.dumps(scenario).encode("utf-8"))

    return load_one
