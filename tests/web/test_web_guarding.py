"""Who asks too often is turned away, and nobody else; and what is in hand is finished."""

import asyncio
import json
from ipaddress import ip_network
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from web_house import SECRETS, House, event, sign

from bot.config import Settings
from bot.web.guarding import ADDRESS_BURST, TOKEN_BURST, Buckets, find_address, read_networks

PROXY = (ip_network("10.0.0.0/8"), ip_network("127.0.0.1"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.7", [], "203.0.113.7"),
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"),
        ("127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["8.8.8.8, 198.51.100.1, 10.1.2.3"], "198.51.100.1"),
        ("127.0.0.1", ["8.8.8.8", "198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["8.8.8.8, nonsense"], ""),
        ("127.0.0.1", [], ""),
        ("10.9.9.9", ["10.1.1.1"], ""),
        ("::ffff:203.0.113.7", [], "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        ("", ["198.51.100.1"], ""),
    ],
)
def test_only_a_trusted_proxy_is_believed_who_asks(peer: str, forwarded: list[str], address: str) -> None:
    assert find_address(peer, forwarded, PROXY) == address


def test_without_a_proxy_that_is_named_nobody_s_word_counts() -> None:
    assert find_address("127.0.0.1", ["198.51.100.1"], ()) == ""
    assert find_address("10.0.0.1", ["198.51.100.1"], ()) == "10.0.0.1"


@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=3))
def test_any_header_can_be_read(peer: str, forwarded: list[str]) -> None:
    find_address(peer, forwarded, PROXY)


def test_a_bucket_refills_by_and_by_and_says_when() -> None:
    now = 0.0
    buckets = Buckets(3, 0.5, lambda: now)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 2]
    assert buckets.take("b") == 0
    now = 1.9
    assert buckets.take("a") == 1
    now = 2.0
    assert [buckets.take("a") for _ in range(2)] == [0, 2]
    now = 1_000.0
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 2]


@pytest.mark.parametrize("written", ["127.0.0.1/33", "proxy", "127.0.0.1;10.0.0.1"])
def test_what_is_no_proxy_is_refused_with_what_to_write(written: str) -> None:
    with pytest.raises(ValidationError, match="write addresses or networks with commas"):
        Settings(_env_file=None, trusted_proxies=written)
    assert read_networks("127.0.0.1, ::1,") == (ip_network("127.0.0.1"), ip_network("::1"))


@pytest.mark.anyio
async def test_an_address_that_asks_too_often_waits_and_others_do_not(house: House) -> None:
    url = await house.serve(proxies=PROXY)

    async def ask(address: str, path: str = "/nowhere") -> tuple[int, str]:
        headers = {"X-Forwarded-For": f"9.9.9.9, {address}"}
        async with house.browser.get(url + path, headers=headers) as answer:
            return answer.status, answer.headers.get("Retry-After", "")

    answers = [await ask("198.51.100.1") for _ in range(ADDRESS_BURST * 2)]
    assert answers[0] == (404, "")
    assert (429, "1") in answers
    assert (await ask("198.51.100.2"))[0] == 404
    raw = event()
    for _ in range(3):
        headers = {"X-Forwarded-For": "198.51.100.1", **sign(raw, house.clock())}
        async with house.browser.post(f"{url}/hooks/elevenlabs", data=raw, headers=headers) as answer:
            assert answer.status == 200


@pytest.mark.anyio
async def test_a_link_that_is_asked_for_too_often_waits_in_words(house: House) -> None:
    path = await house.link()
    seen = [await house.see(path) for _ in range(TOKEN_BURST + 20)]
    status, page = seen[-1]
    assert status == 429
    assert "Wait a minute, then try again." in page
    status, answer = await house.start(path)
    assert (status, answer["title"]) == (429, "Too often")
    assert (await house.see(await house.link()))[0] == 200


@pytest.mark.anyio
@pytest.mark.parametrize("where", ["/t/{token}/start", "/t/{token}/end", "/tools/recall"])
async def test_a_body_that_does_not_come_is_given_up(house: House, where: str) -> None:
    url = urlsplit(await house.serve(recall_secrets=SECRETS, patience_seconds=0.05))
    path = where.format(token=(await house.link()).rpartition("/")[2])
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nX-Troupe-Secret: {SECRETS[0]}\r\n"
    writer.write(f"{head}Content-Length: 100\r\n\r\n{{".encode())
    async with asyncio.timeout(20):
        status = await reader.readline()
    writer.close()
    assert status.split()[1] == b"408"


@pytest.mark.anyio
@pytest.mark.parametrize("where", ["/t/{token}/start", "/tools/recall"])
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 4_000,
        b'{"a":' * 800,
        b"1" * 4_000,
        b'"' + b"\\ud800" * 600 + b'"',
        b"{" + b'"a":1,' * 600 + b'"a":1}',
    ],
    ids=["brackets", "nested", "digits", "halves", "doubled"],
)
async def test_a_bomb_of_json_is_refused_at_once(house: House, where: str, body: bytes) -> None:
    url = await house.serve(recall_secrets=SECRETS)
    path = where.format(token=(await house.link(remember=None)).rpartition("/")[2])
    headers = {"Origin": url, "X-Troupe-Secret": SECRETS[0]}
    async with house.browser.post(url + path, data=body, headers=headers) as answer:
        assert 400 <= answer.status < 500
    async with house.browser.post(url + path, data=body * 3, headers=headers) as answer:
        assert answer.status == 413


async def is_refused(port: int) -> bool:
    """Whether nobody new gets in any more."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return True
    writer.close()
    return False


@pytest.mark.anyio
async def test_what_is_in_hand_when_the_server_stops_is_finished(house: House) -> None:
    url = urlsplit(house.url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    raw = event("conv_last")
    signature = sign(raw, house.clock())["ElevenLabs-Signature"]
    head = f"POST /hooks/elevenlabs HTTP/1.1\r\nHost: x\r\nElevenLabs-Signature: {signature}\r\n"
    writer.write(f"{head}Content-Length: {len(raw)}\r\n\r\n".encode() + raw[:10])
    await writer.drain()
    other, idle = await asyncio.open_connection(url.hostname, url.port)
    idle.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    await other.readline()  # whoever came before is being answered by now
    stopping = asyncio.ensure_future(house.stack.aclose())
    while not await is_refused(url.port or 0):  # noqa: ASYNC110  nobody tells
        await asyncio.sleep(0.01)
    writer.write(raw[10:])
    async with asyncio.timeout(20):
        answer = await reader.read()
    await stopping
    writer.close()
    idle.close()
    assert answer.startswith(b"HTTP/1.1 200")
    assert json.loads(raw)["data"]["conversation_id"] == "conv_last"
