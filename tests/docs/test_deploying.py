"""Container file, compose file and units fit the program, as far as is seen without starting them."""

import re
import shlex
import tomllib
from typing import Any

import pytest
import yaml

from bot.config import Settings
from bot.domain.process import ROLES
from bot.web.server import CUT_SECONDS, DRAIN_SECONDS
from deploy.without_dev import cut, plain
from tests.docs.pages import ROOT
from tests.docs.test_programs import parse
from tests.test_docs import served

DEPLOY = ROOT / "deploy"
CONTAINER = (ROOT / "Containerfile").read_text().replace("\\\n", " ")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
UNITS = {path.name: path.read_text() for path in DEPLOY.glob("*.service")}
KNOWN = {name.upper() for name in Settings.model_fields}
OURS = {name: one for name, one in COMPOSE["services"].items() if name != "postgres"}
STOP_SECONDS = 10
_LINE = re.compile(r"^(\w+)=(.*)$", re.MULTILINE)
TAKEN_AWAY = {
    "yes": (
        "NoNewPrivileges", "ProtectHome", "ProtectClock", "ProtectHostname", "ProtectKernelLogs",
        "ProtectKernelModules", "ProtectKernelTunables", "ProtectControlGroups", "PrivateTmp",
        "PrivateDevices", "RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID", "LockPersonality",
        "RemoveIPC",
    ),
    "": ("CapabilityBoundingSet", "AmbientCapabilities"),
    "strict": ("ProtectSystem",),
    "invisible": ("ProtectProc",),
    "native": ("SystemCallArchitectures",),
    "0077": ("UMask",),
    "0700": ("StateDirectoryMode",),
    "AF_INET AF_INET6 AF_UNIX AF_NETLINK": ("RestrictAddressFamilies",),
}  # fmt: skip
"""What a unit takes away from the program, by the value that does it."""


def instructions(name: str) -> list[str]:
    """Return what stands after each instruction of this name, in order."""
    return re.findall(rf"^\s*{name} (.+)$", CONTAINER, re.MULTILINE)


def let_in() -> list[str]:
    """Return what ``.dockerignore`` lets into an image."""
    return [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]


def test_the_image_is_made_of_files_that_are_there_and_let_in():
    taken = [word for line in instructions("COPY") if "--from" not in line for word in line.split()[:-1]]
    assert {"bot", "storage", "personas", "requirements.lock"} <= set(taken)
    for path in taken:
        assert (ROOT / path).exists(), path
    assert set(taken) == set(let_in())


def test_nothing_else_gets_into_the_image():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert lines[1] == "*"
    assert "**/.env" in lines


def test_the_image_runs_as_a_user_of_its_own_and_holds_no_secret():
    (user,) = instructions("USER")
    assert int(user) > 0
    assert CONTAINER.index("USER") > max(found.end() for found in re.finditer("RUN ", CONTAINER))
    assert not re.search("ARG|TOKEN|SECRET|PASSWORD|API_KEY", CONTAINER)


def test_the_image_starts_the_program_and_asks_an_address_that_it_serves():
    (entry,), (command,) = instructions("ENTRYPOINT"), instructions("CMD")[-1:]
    first, *words = [*yaml.safe_load(entry), *yaml.safe_load(command)]
    assert first == "troupe"
    parse(words, whole=True)
    (health,) = instructions("HEALTHCHECK")
    (asked,) = re.findall(r"http://127\.0\.0\.1:8080(/\w+)", health)
    assert asked in served()
    (listen,) = re.findall(r"LISTEN=(\S+)", CONTAINER)
    assert listen.endswith(":" + instructions("EXPOSE")[0])


def test_the_image_is_built_in_the_format_that_keeps_its_health_check():
    (build,) = re.findall("^podman build .*$", (ROOT / "docs/deploying.md").read_text(), re.MULTILINE)
    assert "--format docker" in build


def test_the_image_installs_by_hash_what_runs_and_nothing_that_only_tests():
    lock, project = (ROOT / "requirements.lock").read_text(), (ROOT / "pyproject.toml").read_text()
    needed = cut(lock, project, ("setuptools",))
    names = set(re.findall(r"^([a-z][\w.-]*)==", needed, re.MULTILINE))
    wanted = tomllib.loads(project)["project"]
    assert {plain(one) for one in wanted["dependencies"]} <= names
    only_tests = {plain(one) for one in wanted["optional-dependencies"]["dev"]} - {"setuptools"}
    assert not only_tests & names
    assert all("--hash=sha256:" in one for one in re.split(r"\n(?=[a-z])", needed))
    assert "--require-hashes" in CONTAINER


def test_a_lock_that_lacks_a_dependency_is_told():
    with pytest.raises(SystemExit, match="The lock lacks httpx: make lock"):
        cut("aiohttp==1 \\\n    --hash=sha256:00\n", '[project]\ndependencies = ["aiohttp", "httpx>=1"]\n')


def test_compose_starts_commands_that_the_program_takes_one_for_each_part():
    parts = {}
    for name, service in OURS.items():
        parse(list(service["command"]), whole=True)
        parts[name] = service["command"][2:]
    assert parts == {"troupe": [], **{role: [role] for role in ROLES}}
    assert [name for name, one in OURS.items() if "profiles" not in one] == ["troupe"]


def test_compose_keeps_secrets_in_files_that_git_never_sees():
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    for service in COMPOSE["services"].values():
        assert "environment" not in service
        assert f"deploy/{service['env_file']}" in ignored
        assert (DEPLOY / f"{service['env_file']}.example").exists()


def test_the_examples_name_settings_that_exist_and_hold_no_secret():
    for line in (DEPLOY / "troupe.env.example").read_text().splitlines():
        if not line.startswith("#"):
            name, _, value = line.partition("=")
            assert name in KNOWN, name
            assert value == "" or "PASSWORD" in value, line
    asked = re.findall(r"POSTGRES_\w+", str(COMPOSE["services"]["postgres"]["healthcheck"]))
    there = (DEPLOY / "postgres.env.example").read_text()
    assert asked
    assert all(f"{name}=" in there for name in asked)


def test_compose_waits_for_postgres_and_lets_troupe_end():
    for service in OURS.values():
        assert service["depends_on"]["postgres"]["condition"] == "service_healthy"
        assert int(service["stop_grace_period"].removesuffix("s")) > STOP_SECONDS
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        volumes = {one.partition(":")[0] for one in service["volumes"]}
        assert volumes <= set(COMPOSE["volumes"])
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:")
            assert port.endswith(":8080")


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_starts_the_program_and_gives_it_time_to_end(name: str):
    unit = UNITS[name]
    values = dict(_LINE.findall(unit))
    program, *words = shlex.split(values["ExecStart"].replace("%i", "web"))
    assert program.endswith("/.venv/bin/troupe")
    parse(words, whole=True)
    assert int(values["TimeoutStopSec"].removesuffix("s")) > STOP_SECONDS > DRAIN_SECONDS + CUT_SECONDS
    assert values["KillSignal"] == "SIGTERM"
    assert values["User"] != "root"
    settings = dict(one.split("=") for one in values["Environment"].split())
    assert settings.keys() - {"PYTHONDONTWRITEBYTECODE"} <= KNOWN
    assert values["WorkingDirectory"] == f"/var/lib/{values['StateDirectory']}"


def gives_up_after(unit: str) -> float:
    """Return for how many seconds at least a start is tried again that fails at once each time.

    Source: systemd.unit(5): no more than a burst of starts in an interval; 0 counts none, and neither does an
    interval in which there is no time for so many. 10 seconds and 5 where nothing is written.
    """
    values = dict(_LINE.findall(unit))
    amount, word = re.fullmatch(r"(\d+)(s|min|h|)", values.get("StartLimitIntervalSec", "10s")).groups()
    interval = int(amount) * {"s": 1, "min": 60, "h": 3600, "": 1}[word]
    took = int(values.get("StartLimitBurst", "5")) * int(values["RestartSec"].removesuffix("s"))
    return float("inf") if took > interval else took


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_tries_again_however_long_a_server_is_away(name: str):
    values = dict(_LINE.findall(UNITS[name]))
    assert values["Restart"] == "on-failure"
    assert gives_up_after(UNITS[name]) == float("inf")


def test_a_unit_that_gives_up_is_found():
    few = "StartLimitIntervalSec=10min\nStartLimitBurst=30\nRestartSec=10s\n"
    assert gives_up_after(few) == 300
    assert gives_up_after(few.replace("=30", "=90")) == float("inf")


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_takes_away_what_the_program_does_not_need(name: str):
    values = dict(_LINE.findall(UNITS[name]))
    wanted = {key: value for value, keys in TAKEN_AWAY.items() for key in keys}
    assert {key: values.get(key) for key in wanted} == wanted
    assert re.findall("^SystemCallFilter=(.*)$", UNITS[name], re.MULTILINE) == [
        "@system-service", "~@privileged @resources",
    ]  # fmt: skip


def test_the_units_differ_in_what_they_start_alone():
    one, part = (UNITS[name].splitlines() for name in ("troupe.service", "troupe@.service"))
    differing = [line for line, other in zip(one[1:], part[1:], strict=True) if line != other]
    assert [line.partition("=")[0] for line in differing] == ["Description", "ExecStart"]
