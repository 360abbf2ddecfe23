"""A shared file is fetched from Slack alone: our token goes nowhere else, and no page is taken for a file."""

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import ImportRejected
from bot.fronts.slack.files import MOST_BYTES, Files
from tests.fronts.slack.hostile import texts

pytestmark = pytest.mark.anyio
TOKEN = "xoxb-secret"
SLACKS = Files(TOKEN, frozenset({"slack.com", "slack-files.com"}))
URL = "https://files.slack.com/files-pri/T1-F1/chat.json"
ELSEWHERE = (
    "https://evil.example/chat.json",
    "http://files.slack.com/chat.json",
    "https://slack.com.evil.example/chat.json",
    "https://evilslack.com/chat.json",
    "https://slack.com@evil.example/chat.json",
    "https://files.slack.com:81/chat.json",
    "https://evil.example/files.slack.com",
    "https://evil.example#.slack.com",
    "https://evil.example\\.slack.com",
    "//files.slack.com/chat.json",
    "file:///etc/passwd",
    "https://[::1/chat.json",
    "",
)


def file(**more: object) -> dict[str, object]:
    return {"name": "chat.json", "mimetype": "application/json", "size": 10, "url_private": URL, **more}


class Host:
    """A host of files that notes who asks for them."""

    def __init__(self) -> None:
        self.url = self.netloc = ""
        self.tokens: list[str] = []

    @property
    def files(self) -> Files:
        return Files(TOKEN, frozenset({self.netloc}))

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.tokens.append(request.headers.get("Authorization", ""))
        match request.path:
            case "/moved.json":
                raise web.HTTPFound("/chat.json")
            case "/login.json":
                return web.Response(text="<html>Sign in</html>", content_type="text/html")
            case "/gone.json":
                raise web.HTTPNotFound
            case "/packed.json":
                data = gzip.compress(b"[]" * 1_000)
                return web.Response(body=data, headers={"Content-Encoding": "gzip"})
            case "/endless.json":
                answer = web.StreamResponse()
                await answer.prepare(request)
                for _ in range(2 + MOST_BYTES // 2**20):
                    await answer.write(bytes(2**20))
                return answer
        return web.json_response([])


@asynccontextmanager
async def open_host() -> AsyncIterator[Host]:
    host = Host()
    app = web.Application()
    app.router.add_get("/{path:.*}", host.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address, port = runner.addresses[0][:2]
    host.netloc = f"{address}:{port}"
    host.url = f"http://{host.netloc}"
    try:
        yield host
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("url", [URL, "https://slack.com/x.json", "https://w.slack-files.com/x.json"])
def test_a_json_file_at_slack_may_be_fetched(url: str) -> None:
    assert SLACKS.check(file(url_private=url)) == url


@pytest.mark.parametrize("url", ELSEWHERE)
async def test_what_lies_elsewhere_is_not_even_asked_for(url: str) -> None:
    with pytest.raises(ImportRejected, match="does not lie at Slack"):
        SLACKS.check(file(url_private=url))
    with pytest.raises(ImportRejected, match="does not lie at Slack"):
        await SLACKS.fetch(url)


@given(st.sampled_from(ELSEWHERE) | texts() | st.text(), texts(4))
def test_whatever_a_file_is_called_its_refusal_is_a_sentence(url: str, name: str) -> None:
    with pytest.raises(ImportRejected):
        SLACKS.check(file(url_private=url, name=name, mimetype="application/json"))


@pytest.mark.parametrize("more", [{"size": MOST_BYTES + 1}, {"mimetype": "image/png", "name": "cat.png"}])
def test_a_file_that_is_too_large_or_no_text_is_refused_before_it_is_fetched(more: dict[str, object]) -> None:
    with pytest.raises(ImportRejected, match=r"too large|no JSON file"):
        SLACKS.check(file(**more))


def test_a_text_file_may_hold_a_conversation_and_a_stub_holds_none() -> None:
    assert SLACKS.check(file(mimetype="text/plain", name="chat")) == URL
    assert SLACKS.check(file(mimetype="", name="CHAT.JSONL")) == URL
    with pytest.raises(ImportRejected):
        SLACKS.check({"id": "F1", "file_access": "check_file_info"})
    with pytest.raises(ImportRejected):
        SLACKS.check(file(name=None, mimetype=None, size=None, url_private=None))


async def test_a_file_is_fetched_with_our_token() -> None:
    async with open_host() as host:
        attached = await host.files.fetch(f"{host.url}/chat.json?t=1")
        assert (attached.name, attached.data) == ("chat.json", b"[]")
        assert host.tokens == [f"Bearer {TOKEN}"]


@pytest.mark.parametrize("name", ["moved.json", "login.json", "gone.json"])
async def test_redirects_and_login_pages_are_no_files(name: str) -> None:
    async with open_host() as host:
        with pytest.raises(ImportRejected, match=f"does not let me read {name}"):
            await host.files.fetch(f"{host.url}/{name}")
        assert len(host.tokens) == 1


async def test_a_file_that_grows_beyond_what_slack_said_is_let_go() -> None:
    async with open_host() as host:
        with pytest.raises(ImportRejected, match="larger than Slack said"):
            await host.files.fetch(f"{host.url}/endless.json")


async def test_what_is_packed_is_not_unpacked_into_memory() -> None:
    async with open_host() as host:
        assert len((await host.files.fetch(f"{host.url}/packed.json")).data) < 2_000


async def test_a_host_that_does_not_answer_is_said_in_words() -> None:
    async with open_host() as host:
        files, url = host.files, host.url
    with pytest.raises(ImportRejected, match="could not be fetched"):
        await files.fetch(f"{url}/chat.json")
