"""Secrets are made once, for their readers' eyes only, and never the same twice."""

import stat

from ta_portal.deployment.first_secrets import make_secrets
from ta_portal.env import database

UIDS = {"POSTGRES_UID": "999", "PORTAL_UID": "1000"}


def kept(root):
    return {path.relative_to(root).as_posix(): path.read_text() for path in root.rglob("*") if path.is_file()}


def test_the_first_start_makes_them_and_the_second_leaves_them(tmp_path):
    made = make_secrets(tmp_path, UIDS)
    first = kept(tmp_path)

    assert len(made) == 5
    assert make_secrets(tmp_path, UIDS) == []
    assert kept(tmp_path) == first


def test_nobody_else_can_read_them(tmp_path):
    make_secrets(tmp_path, UIDS)

    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*") if path.is_file()}
    assert modes == {0o600}


def test_two_installations_share_none(tmp_path):
    make_secrets(tmp_path / "a", UIDS)
    make_secrets(tmp_path / "b", UIDS)

    assert not set(kept(tmp_path / "a").values()) & set(kept(tmp_path / "b").values())
    assert all(len(secret) >= 50 for secret in kept(tmp_path / "a").values())


def test_the_addresses_name_two_roles_and_what_the_environment_gives_is_taken(tmp_path, monkeypatch):
    make_secrets(tmp_path, {**UIDS, "POSTGRES_PASSWORD": "w@rd/with:signs", "SECRET_KEY": "s" * 60})

    monkeypatch.setenv("OWNER_FILE", str(tmp_path / "owner/database_url"))
    monkeypatch.setenv("APPLICATION_FILE", str(tmp_path / "portal/database_url"))
    owner, application = database("OWNER"), database("APPLICATION")
    assert (owner["USER"], owner["PASSWORD"]) == ("portal_owner", "w@rd/with:signs")
    assert application["USER"] == "portal_app"
    assert application["PASSWORD"] != owner["PASSWORD"]
    assert kept(tmp_path)["portal/secret_key"] == "s" * 60
    assert kept(tmp_path)["database/postgres_password"] == "w@rd/with:signs"
