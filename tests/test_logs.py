"""What stands in the log: what happened, with the call and the job, and nobody's words, names or secrets."""

import io
import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from bot.calls.handling import begin_job, handling, note_call
from bot.domain.errors import CallerError, NotStored
from bot.logs import JsonLines, TextLines, set_up_logs
from tests.paper import writing
from tests.program import troupe
from tests.scenarios.discord.process import running
from tests.scenarios.stage import open_stage

OURS = logging.getLogger("bot.somewhere")
DISCORD_TOKEN = ".".join(("M" * 24, "GabcdE", "k" * 38))
FORMATS = [TextLines(), JsonLines("run")]
SAID = "my cat is called Fig"


@pytest.fixture
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """Everything that is logged, as the log would have it."""
    with writing(request.param) as paper:
        yield paper


both = pytest.mark.parametrize("written", FORMATS, indirect=True, ids=["text", "json"])
as_json = pytest.mark.parametrize("written", [JsonLines("run")], indirect=True, ids=["json"])
as_text = pytest.mark.parametrize("written", [TextLines()], indirect=True, ids=["text"])


def lines(paper: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in paper.getvalue().splitlines()]


class Said(BaseModel):
    model_config = ConfigDict(extra="forbid")
    age: int


def fail_to_read() -> None:
    Said.model_validate({"age": SAID, SAID: 1})


def fail_to_look_up() -> None:
    {"a": 1}[SAID]


def fail_to_count() -> None:
    int(SAID)


def fail_to_store() -> None:
    database = sqlite3.connect(":memory:")
    try:
        database.execute(f"SELECT '{SAID}' FROM nowhere_{SAID.replace(' ', '_')}")
    finally:
        database.close()


def fail_behind_another() -> None:
    try:
        fail_to_count()
    except ValueError as error:
        raise RuntimeError(f"{SAID} cannot be kept") from error


def fail_together() -> None:
    raise ExceptionGroup(SAID, [ValueError(SAID), CallerError(f"There is no {SAID}.")])


@both
@pytest.mark.parametrize(
    "fail",
    [
        fail_to_read,
        fail_to_look_up,
        fail_to_count,
        fail_to_store,
        fail_behind_another,
        fail_together,
    ],
)
def test_an_exception_is_told_by_its_kind_and_place_without_what_it_choked_on(written, fail):
    try:
        fail()
    except Exception as error:  # noqa: BLE001  any
        OURS.exception("It failed")
        OURS.warning("It failed: %s", error)
        OURS.error(error)
        kind = type(error).__name__
    told = written.getvalue()
    assert "Fig" not in told.replace("_Fig", "Fig")
    assert "my_cat" not in told
    assert told.count(kind) >= 3
    assert fail.__name__ in told


@both
def test_what_errors_of_ours_say_is_told_but_not_what_a_member_wrote(written):
    OURS.error("not stored: %s", NotStored("Nothing was changed: the disk is full."))
    OURS.error("refused: %s", CallerError(f"There is no character {SAID}."))
    assert "not stored: Nothing was changed: the disk is full." in written.getvalue()
    assert "refused: CallerError" in written.getvalue()
    assert "Fig" not in written.getvalue()


@both
@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-1234567890-abcdefgh",
        "xapp-1-A0123-abcdefgh",
        "wsec_0123456789abcdef",
        "sk_0123456789abcdef0123",
        "Bearer 5b1e0000aaaa",
        DISCORD_TOKEN,
        "postgresql://troupe:hunter2@db/troupe",
        "https://me:hunter2@example.com/",
        "http://127.0.0.1:8080/t/dGhpcyBpcyBhIHRva2VuIG9mIG91cnM",
        "https://discord.com/api/v10/webhooks/123/aW50ZXJhY3Rpb246MTIzNDU2Nzg5/messages",
        "wss://api.elevenlabs.io/v1/convai?conversation_signature=cvtkn_abc",
        "+49 1512 3456789",
    ],
)
def test_what_looks_like_a_secret_or_a_number_is_taken_out(written, secret):
    OURS.warning("It went wrong with %s there", secret)
    told = written.getvalue()
    assert secret not in told
    assert "hunter2" not in told
    assert "…" in told
    assert "It went wrong with " in told


@both
def test_of_what_other_libraries_write_numbers_alone_are_filled_in(written):
    theirs = logging.getLogger("discord.http")
    theirs.warning("%s %s has answered %s, try %d", "POST", f"/{SAID}", 429, 3)
    logging.getLogger("asyncio").error(f"Task failed\nfuture: <Task exception=ValueError('{SAID}')>")
    logging.getLogger("slack_bolt.App").error(f"A listener failed (error: {SAID})")
    told = written.getvalue()
    assert "… … has answered 429, try 3" in told
    assert "Task failed" in told
    assert "A listener failed" in told
    assert "Fig" not in told


@as_json
def test_a_line_of_json_says_when_who_what_and_which_call_and_job(written):
    with handling():
        begin_job("recap", "0123456789abcdef")
        OURS.warning("Told %d times\nand again", 2)
        begin_job("fetch", "conv_1")
        note_call("fedcba9876543210")
        OURS.info("Fetched")
        with handling():
            OURS.info("Something else")
        OURS.info("Fetched again")
    OURS.info("Nothing of that")
    first, second, third, fourth, last = lines(written)
    assert first["time"].endswith("+00:00")
    assert first["message"] == "Told 2 times\nand again"
    assert (first["level"], first["logger"], first["role"]) == ("WARNING", "bot.somewhere", "run")
    assert first["process"] > 0
    assert (first["job"], first["call"]) == ("recap", "01234567")
    assert (second["job"], second["call"]) == ("fetch", "fedcba98")
    assert not {"job", "call", "traceback"} & third.keys()
    assert fourth["call"] == "fedcba98"
    assert not {"job", "call"} & last.keys()


@as_json
def test_a_traceback_is_one_field(written):
    try:
        fail_behind_another()
    except RuntimeError:
        OURS.exception("It failed")
    (line,) = lines(written)
    assert line["message"] == "It failed"
    assert "ValueError" in line["traceback"].partition("which led to:")[0]
    assert line["traceback"].endswith("RuntimeError")


@as_text
def test_a_line_of_text_ends_with_what_it_is_about(written):
    with handling():
        begin_job("recap", "0123456789abcdef")
        OURS.warning("Told")
    OURS.warning("Told")
    assert written.getvalue() == "WARNING: Told [job recap, call 01234567]\nWARNING: Told\n"


@as_json
@pytest.mark.anyio
async def test_what_is_logged_while_a_job_or_a_page_is_about_a_call_names_it(written, tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        async with stage.browser() as browser:
            await mira.calls("wizard")
            link = mira.link()
            await stage.told("faults", {"operation": "get_signed_url", "fault": "status", "status": 402})
            async with browser.http.get(link):
                pass
            address = {"Origin": "/".join(link.split("/")[:3])}
            async with browser.http.post(f"{link}/start", json={"remember": True}, headers=address) as answer:
                assert answer.status >= 500
    told = [line for line in lines(written) if line["logger"].startswith("bot.web")]
    assert any(len(line.get("call", "")) == 8 for line in told)
    assert "Mira" not in written.getvalue()


def test_the_chosen_format_is_what_is_written(capsys):
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    root.handlers[:] = []
    try:
        set_up_logs("INFO", "json", "run")
        OURS.info("Here")
        logging.getLogger("httpx").info("GET https://example.com/?token=1")
    finally:
        root.handlers[:] = kept
        root.setLevel(level)
    (line,) = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (line["message"], line["role"]) == ("Here", "run")


@pytest.mark.anyio
async def test_what_is_said_at_start_and_end_is_an_object_too_where_the_log_is_made_of_those(
    tmp_path: Path,
) -> None:
    async with running(tmp_path, LOG_FORMAT="json", LOG_LEVEL="ERROR", LISTEN="127.0.0.1:0") as bot:
        await bot.shows("listens on")
        assert await bot.is_told_to_stop() == 0
    told = [json.loads(line) for line in bot.seen.splitlines()]
    assert {(one["level"], one["role"]) for one in told} == {("INFO", "all")}
    assert told[-1]["message"] == "Stopping: finishing what is in hand."


def test_why_it_does_not_start_is_an_object_too_where_the_log_is_made_of_those(tmp_path: Path) -> None:
    for format_, level in (("json", "ERROR"), ("text", "")):
        done = troupe(tmp_path, "run", LOG_FORMAT=format_, DATABASE_URL="mysql://me@db/x")
        told = json.loads(done.stderr) if level else {"level": "", "message": done.stderr.rstrip("\n")}
        assert (done.returncode, told["level"]) == (2, level)
        assert told["message"].startswith("DATABASE_URL is 'mysql://…'; it starts with sqlite:///")
