"""What holds for every answer: the headers, words instead of tracebacks, never a 5xx for bad input."""

import asyncio
import gzip
import logging
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web_house import HEADERS, SOCKET, House, open_agents, terms
from yarl import URL

from bot.domain.errors import SettingsError
from bot.web.answers import answer_in_words
from bot.web.page_files import ENTRY, FILES, STYLE
from bot.web.server import open_web
from bot.web.talk_client import TalkClient


async def ask_raw(house: House, request: bytes, *, break_off: bool = False) -> tuple[bytes, dict[str, str]]:
    """Send bytes as they are; what came back, and its headers."""
    address = urlsplit(house.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(request)
    if break_off:
        writer.write_eof()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    head = answer.partition(b"\r\n\r\n")[0].decode()
    return answer, dict(line.split(": ", 1) for line in head.split("\r\n")[1:])


@pytest.mark.anyio
async def test_every_answer_carries_exactly_the_security_headers(house: House) -> None:
    path, unknown = await house.link(), "/t/" + "A" * 43
    origin = {"Origin": house.url}
    requests = [
        ("GET", path, {}, 200),
        ("HEAD", path, {}, 200),
        ("GET", f"{path}/events", {}, 204),
        ("POST", f"{path}/start", origin, 200),
        ("POST", f"{path}/start", {}, 403),
        ("GET", f"{path}/events", {}, 200),
        ("POST", f"{path}/cast", origin, 200),
        ("POST", f"{path}/cast", {}, 403),
        ("POST", f"{path}/end", origin, 200),
        ("POST", f"{path}/next", {}, 403),
        ("POST", f"{path}/next", origin, 200),
        ("GET", unknown, {}, 410),
        ("POST", f"{unknown}/start", origin, 410),
        ("POST", f"{unknown}/cast", origin, 410),
        ("POST", f"{unknown}/next", origin, 410),
        ("GET", "/static/talk.js", {}, 404),
        ("GET", ENTRY + "n", {}, 404),
        ("GET", "/client/0000000000000000/client.js", {}, 404),
        ("GET", "/pictures/wizard", {}, 200),
        ("GET", "/pictures/nobody", {}, 404),
        ("GET", "/healthz", {}, 200),
        ("GET", "/privacy", {}, 200),
        ("GET", "/metrics", {}, 200),
        ("GET", "/metrics", {"Via": "1.1 proxy"}, 404),
        ("POST", "/tools/recall", {}, 404),
        ("GET", "/", {}, 404),
        ("POST", "/", {}, 404),
        ("DELETE", path, {}, 405),
        ("OPTIONS", "/hooks/elevenlabs", {}, 405),
        ("POST", "/hooks/elevenlabs", {}, 401),
        ("POST", f"{path}/start", {**origin, "Expect": "a miracle"}, 417),
    ]
    for method, where, headers, status in requests:
        async with house.browser.request(method, house.url + where, headers=headers) as answer:
            seen = (method, where, answer.status)
            assert seen == (method, where, status)
            assert {name: answer.headers.getall(name) for name in HEADERS} == {
                name: [value] for name, value in HEADERS.items()
            }


@pytest.mark.anyio
async def test_what_pages_load_is_kept_for_ever_and_is_otherwise_as_everything_else(house: House) -> None:
    body, client = b"what it talks with", "/client/0123456789abcdef/client.js"
    url = await house.serve(talk_client=TalkClient({client: (body, gzip.compress(body))}))
    kept = HEADERS | {"Cache-Control": "public, max-age=31536000, immutable"}
    for takes in ("gzip, br", "identity"):
        for address, data in {client: body, **FILES}.items():
            async with house.browser.get(url + address, headers={"Accept-Encoding": takes}) as answer:
                assert answer.status == 200
                kind = "css" if address == STYLE else "javascript"
                assert answer.headers["Content-Type"] == f"text/{kind}; charset=utf-8"
                assert answer.headers["Vary"] == "Accept-Encoding"
                assert answer.headers.get("Content-Encoding") == ("gzip" if "gzip" in takes else None)
                assert {name: answer.headers.getall(name) for name in HEADERS} == {
                    name: [value] for name, value in kept.items()
                }
                assert await answer.read() == data


@pytest.mark.anyio
async def test_a_page_may_go_to_the_rooms_of_its_stack_and_nowhere_else(house: House) -> None:
    rooms = "wss://livekit.rtc.example"
    url = await house.serve(terms=replace(house.installation.terms, room_origin=rooms))
    async with house.browser.get(url + await house.link()) as answer:
        policy = answer.headers["Content-Security-Policy"]
    reached = f"connect-src 'self' {SOCKET} {rooms} https://livekit.rtc.example; "
    assert policy == HEADERS["Content-Security-Policy"].replace(f"connect-src 'self' {SOCKET}; ", reached)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "request_",
    [
        b"this is not HTTP\r\n\r\n",
        b"GET /t/TOKEN HTTP/9.9\r\n\r\n",
        b"GET /t/TOKEN HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
        b"GET /t/TOKEN" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /t/TOKEN HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 100_000 + b"\r\n\r\n",
        b"POST /t/TOKEN/start HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nContent-Length: -5\r\n\r\n",
    ],
    ids=["noise", "version", "header", "long path", "long header", "length"],
)
async def test_what_is_not_http_is_answered_in_words_and_not_repeated(
    house: House, request_: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer, headers = await ask_raw(house, request_)
    assert answer.startswith(b"HTTP/1.0 400")
    assert b"<h1>This cannot be read</h1>" in answer
    assert {name: headers.get(name) for name in HEADERS} == HEADERS
    assert b"TOKEN" not in answer
    assert "TOKEN" not in caplog.text


@pytest.mark.anyio
async def test_a_body_that_breaks_off_is_no_failure_of_ours(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    head = b"POST /t/%s/start HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\n" % (b"A" * 43)
    for body in (
        b"Content-Length: 10\r\n\r\n{",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\nnot a size\r\n0\r\n\r\n",
        b"Connection: close\r\nContent-Length: 3\r\nContent-Encoding: gzip\r\n\r\nabc",
    ):
        answer, _ = await ask_raw(house, head + body, break_off=body.endswith(b"{"))
        assert not answer or answer.split()[1].startswith(b"4")
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.anyio
async def test_a_body_that_turns_into_noise_is_refused() -> None:
    async def read(_: web.Request) -> web.StreamResponse:
        raise web.RequestPayloadError("not a size")

    answer = await answer_in_words(make_mocked_request("POST", "/"), read)
    assert answer.status == 400


@pytest.mark.anyio
async def test_bytes_that_are_no_text_open_nothing(house: House) -> None:
    path = (await house.link()).encode()
    for lines in (
        [b"GET /t/" + b"\xff" * 43 + b" HTTP/1.1", b"Host: x"],
        [b"GET /pictures/\xff HTTP/1.1", b"Host: x"],
        [b"GET " + path + b" HTTP/1.1", b"Host: x", b"Cookie: troupe=\xff" + b"A" * 42],
        [b"POST " + path + b"/start HTTP/1.1", b"Host: \xff", b"Origin: http://\xff", b"Cookie: troupe=\xff"],
        [b"POST " + path + b"/start HTTP/1.1", b"Host: x", b"Sec-Fetch-Site: \xff"],
        [b"POST /hooks/elevenlabs HTTP/1.1", b"Host: x", b"ElevenLabs-Signature: \xff"],
    ):
        end = [b"Content-Length: 0", b"Connection: close", b"", b""]
        answer, _ = await ask_raw(house, b"\r\n".join([*lines, *end]))
        assert answer.split()[1][:1] in {b"2", b"4"}, lines[0]


@pytest.mark.anyio
async def test_wrong_methods_and_large_bodies_are_refused_in_words(house: House) -> None:
    path = await house.link()
    async with house.browser.put(house.url + path) as answer:
        assert answer.status == 405
        assert answer.headers["Allow"] == "GET,HEAD"
        assert "does not do that" in await answer.text()
    for name in ("start", "end"):
        async with house.browser.post(
            f"{house.url}{path}/{name}", data=b"x" * 5000, headers={"Origin": house.url}
        ) as answer:
            assert answer.status == 413
            assert "larger" in (await answer.json())["error"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin", "Origin": "OURS"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "OURS"}, 200),
        ({"Origin": "http://troupe.test"}, 200),
        ({}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://evil.test"}, 403),
        ({"Origin": "http://troupe.test.evil.test"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.test"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "OURS"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://evil.troupe.test"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.test"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
    ],
)
async def test_only_our_own_page_may_start_and_end(
    house: House, headers: dict[str, str], status: int
) -> None:
    path = await house.link()
    before = await house.everything_stored()
    sent = {name: house.url if value == "OURS" else value for name, value in headers.items()}
    for name in ("start", "end"):
        async with house.browser.post(f"{house.url}{path}/{name}", headers=sent) as answer:
            assert answer.status == status
    assert (await house.everything_stored() == before) is (status == 403)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"null", b"7", b'{"remember": "yes"}', b'{"remember": 1}', b"\xff", b"[" * 4000],
)
async def test_a_start_that_cannot_be_read_starts_nothing(house: House, body: bytes) -> None:
    path = await house.link()
    before = await house.everything_stored()
    headers = {"Origin": house.url}
    async with house.browser.post(f"{house.url}{path}/start", data=body, headers=headers) as answer:
        assert answer.status == 400
        assert (await answer.json())["error"]
    assert await house.everything_stored() == before


@pytest.mark.anyio
async def test_on_https_the_cookie_stays_with_this_host_and_off_plain_http(house: House) -> None:
    url = await house.serve(terms=terms("https://Troupe.test"))
    path = await house.link()
    headers = {"Origin": "https://troupe.test"}
    async with house.browser.post(f"{url}{path}/start", headers=headers) as answer:
        assert answer.status == 200
        given = answer.headers["Set-Cookie"]
    assert re.fullmatch(r"__Host-troupe=[\w-]{43}; HttpOnly; Path=/; SameSite=Lax; Secure", given)
    headers["Cookie"] = given.partition(";")[0]
    async with house.browser.post(f"{url}{path}/start", headers=headers) as answer:
        assert answer.status == 200


@pytest.mark.anyio
async def test_a_failed_line_can_be_tried_again_by_the_same_browser(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    path = await house.link()
    real = house.url
    for key, status, why in (("wrong", 502, "(401)"), ("", 503, "")):
        wrong = house.sandbox.url if key else "http://127.0.0.1:9"
        agents = await house.stack.enter_async_context(
            open_agents(wrong, key or "key", house.sandbox.agent_id, house.clock)
        )
        house.url = await house.serve(agents=agents)
        got, answer = await house.start(path)
        assert got == status
        assert "could not be put through" in answer["error"]
        assert why in caplog.text
    for private in (path[3:], "Alice", house.sandbox.api_key):
        assert private not in caplog.text
    house.url = real
    assert (await house.start(path))[0] == 200
    assert (await house.start(path, browser=await house.another_browser()))[0] == 409


@pytest.mark.anyio
async def test_a_link_whose_line_failed_is_nobodys_yet(house: House) -> None:
    class Silent:
        """They answer the first question and not the second."""

        fetch_allowed_overrides = house.installation.agents.fetch_allowed_overrides

        async def sign_url(self) -> None:
            await unreachable.sign_url()

    unreachable = await house.stack.enter_async_context(
        open_agents("http://127.0.0.1:9", "key", "agent", house.clock)
    )
    path, real = await house.link(), house.url
    house.url = await house.serve(agents=Silent())
    assert (await house.start(path))[0] == 503
    house.url = real
    assert (await house.start(path, browser=await house.another_browser()))[0] == 200
    assert (await house.start(path))[0] == 409


@pytest.mark.anyio
async def test_a_full_disk_starts_nothing_and_says_so(house: House) -> None:
    path = await house.link()
    await house.stop_storing()
    status, answer = await house.start(path)
    assert status == 503
    assert "nothing was started" in answer["error"]
    await house.stop_storing(until_now=True)
    assert (await house.start(path))[0] == 200


@pytest.mark.anyio
async def test_a_character_that_left_the_cast_is_missed_in_words(house: House, cast_folder: Path) -> None:
    path = await house.link()
    (cast_folder / "wizard.md").rename(cast_folder / "captain.md")
    await asyncio.to_thread(house.cast.refresh)
    status, page = await house.see(path)
    assert status == 404
    assert "not in the cast any more" in page


@pytest.mark.anyio
async def test_a_fault_of_ours_is_answered_in_words_and_logged(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    path = await house.link()

    def broken() -> None:
        raise ZeroDivisionError("by design")

    house.url = await house.serve(now=broken)
    async with house.browser.get(house.url + path) as answer:
        page = await answer.text()
        assert answer.status == 500
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "That is our fault" in page
    assert "Traceback" not in page
    assert "by design" not in page
    assert "by design" in caplog.text
    assert path[3:] not in caplog.text


@pytest.mark.anyio
async def test_no_log_line_names_a_link(house: House, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        path = await house.link()
        await house.see(path)
        await house.start(path)
        await house.start(path, browser=await house.another_browser())
        await house.see("/t/" + "B" * 43)
    assert path[3:] not in caplog.text
    assert "B" * 43 not in caplog.text


@pytest.mark.anyio
async def test_a_taken_port_is_an_error_at_the_start(house: House) -> None:
    listen = house.url.removeprefix("http://")
    with pytest.raises(SettingsError, match="in use"):
        async with open_web(
            house.installation, listen=listen, webhook_secrets=["x"], socket_origins=[], nudge=lambda: None
        ):
            pass


@pytest.mark.anyio
@pytest.mark.parametrize(
    "listen", ["", "8080", "127.0.0.1", "localhost:x", "a@b:80", "http://a:80", "a:99999"]
)
async def test_an_address_that_is_none_is_an_error_of_the_settings(house: House, listen: str) -> None:
    with pytest.raises(SettingsError, match="LISTEN"):
        async with open_web(
            house.installation, listen=listen, webhook_secrets=["x"], socket_origins=[], nudge=lambda: None
        ):
            pass


@pytest.mark.anyio
@pytest.mark.parametrize("origin", ["https://x.test", "wss://x.test/path", "wss://x.test; script-src *", ""])
async def test_only_an_origin_gets_into_the_policy(house: House, origin: str) -> None:
    with pytest.raises(SettingsError, match="origin of a WebSocket"):
        async with open_web(
            replace(house.installation),
            listen="127.0.0.1:0",
            webhook_secrets=["x"],
            socket_origins=[origin],
            nudge=lambda: None,
        ):
            pass


PATHS = st.one_of(
    st.binary(max_size=40).map(quote),
    st.text(max_size=40).map(lambda text: quote(text, safe="", errors="replace")),
    st.from_regex(r"[A-Za-z0-9%/._~-]{0,60}", fullmatch=True),
)
PREFIXES = st.sampled_from(["/", "/t/", "/t/x/start", "/pictures/", "/static/", "/hooks/", "/healthz"])
METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])


@pytest.mark.anyio
async def test_odd_requests_never_break_us(house: House, caplog: pytest.LogCaptureFixture) -> None:
    loop = asyncio.get_running_loop()

    async def ask(method: str, path: str, body: bytes, cookie: bytes) -> int:
        headers = {
            "Origin": house.url,
            "Cookie": f"troupe={quote(cookie)}",
            "ElevenLabs-Signature": quote(body),
        }
        url = URL(house.url + path, encoded=True)
        async with house.browser.request(method, url, data=body, headers=headers) as answer:
            await answer.read()
            return answer.status

    @settings(max_examples=150, suppress_health_check=list(HealthCheck), database=None)
    @given(METHODS, PREFIXES, PATHS, st.binary(max_size=200), st.binary(max_size=40))
    def check(method: str, prefix: str, path: str, body: bytes, cookie: bytes) -> None:
        status = asyncio.run_coroutine_threadsafe(ask(method, prefix + path, body, cookie), loop).result(30)
        assert 200 <= status < 500

    await asyncio.to_thread(check)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
