"""The engagements that the demo shows: an invented one with every part filled in, and a real one."""

from pathlib import Path

_FOLDER = Path(__file__).parent

SCENARIOS = {"Financia": _FOLDER / "financia.json", "Moldova": _FOLDER / "moldova.json"}
