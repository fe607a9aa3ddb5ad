"""The compose file: what it says of each service, held against what the code offers. No engine is needed."""

import re

import pytest
import yaml

from tests.conftest import PROJECT

TEXT = (PROJECT / "docker-compose.yml").read_text()
FILE = yaml.safe_load(TEXT)
SERVICES = FILE["services"]
KNOWN = {
    "build", "image", "restart", "user", "read_only", "cap_drop", "cap_add", "security_opt", "tmpfs", "environment",
    "volumes", "command", "ports", "depends_on", "healthcheck", "network_mode",
}  # fmt: skip
ONCE = {"secrets", "setup"}
OURS = {"secrets", "setup", "web", "worker", "beat"}
CONDITIONS = {"service_healthy", "service_completed_successfully"}


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_says_only_what_compose_knows(name):
    service = SERVICES[name]
    assert set(service) <= KNOWN
    assert isinstance(service.get("command", []), list)
    assert all(isinstance(word, str) for word in service.get("command", []))
    assert all(isinstance(value, str) for value in service.get("environment", {}).values())
    for other, how in service.get("depends_on", {}).items():
        assert how["condition"] in CONDITIONS
        needed = SERVICES[other]
        assert (other in ONCE) == (how["condition"] == "service_completed_successfully")
        assert (other in ONCE) or "healthcheck" in needed
    for volume in service.get("volumes", []):
        assert volume.partition(":")[0] in FILE["volumes"]


@pytest.mark.parametrize("name", sorted(set(SERVICES) - ONCE))
def test_each_service_that_stays_has_a_health_check(name):
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] in {"CMD", "CMD-SHELL"}
    assert {"interval", "retries"} <= set(check)


@pytest.mark.parametrize("name", sorted(OURS))
def test_ours_write_nowhere_and_gain_no_rights(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "user" not in service or name == "secrets"
    assert service["image"] == "ta-portal"


def test_the_owners_password_reaches_the_database_and_the_set_up_alone():
    readers = {name for name, one in SERVICES.items() if any("owner-secrets" in v for v in one.get("volumes", []))}
    assert readers == {"secrets", "setup"}
    assert "database-secrets" not in str(SERVICES["web"])


def test_no_secret_stands_in_it_and_none_has_a_default():
    for line in TEXT.splitlines():
        if re.search(r"(PASSWORD|SECRET_KEY|TOKEN)(_FILE)?:", line):
            value = line.partition(":")[2].strip()
            assert value.startswith("/secrets/") or re.fullmatch(r"\$\{\w+:-\}", value), line
    assert set(re.findall(r"\$\{(\w+):\?", TEXT)) == {"ALLOWED_HOSTS"}


def test_only_this_machine_reaches_the_web_server():
    assert [port for one in SERVICES.values() for port in one.get("ports", [])] == ["127.0.0.1:8000:8000"]


def test_the_image_runs_as_an_ordinary_user_from_the_locked_list():
    lines = (PROJECT / "Dockerfile").read_text().splitlines()
    assert "USER portal" in lines
    assert any("--require-hashes -r requirements/portal.txt" in line for line in lines)
    assert not [line for line in lines if re.search(r"(SECRET|PASSWORD|TOKEN)\w*=", line)]


def test_files_that_people_add_lie_in_a_volume_that_web_and_worker_share_and_the_image_owns():
    users = {name for name, one in SERVICES.items() if "portal-files:/files" in one.get("volumes", [])}
    assert users == {"web", "worker"}
    assert all(SERVICES[name]["environment"]["FILES_DIR"] == "/files" for name in users)
    assert "install --directory --owner portal --mode 0700 /files" in (PROJECT / "Dockerfile").read_text()
