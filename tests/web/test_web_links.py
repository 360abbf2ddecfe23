"""A talk link: inert to look at, one person's, and for fifteen minutes."""

import hashlib
import json
import re
from collections.abc import Callable

import pytest
from web_house import ALICE, TOPIC, House

from bot.domain.call import Call

PREVIEWERS = (
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Slack-ImgProxy (+https://api.slack.com/robots)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Twitterbot/1.0",
    "TelegramBot (like TwitterBot)",
    "WhatsApp/2.23.20.0",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "Iframely/1.3.1 (+https://iframely.com/docs/about)",
    "Mastodon/4.3.0 (http.rb/5.2.0; +https://example.social/) Bot",
)


@pytest.mark.anyio
async def test_link_previewers_start_nothing(house: House) -> None:
    path = await house.link()
    before = await house.everything_stored()
    for agent in PREVIEWERS:
        for method in ("GET", "HEAD"):
            headers = {"User-Agent": agent}
            async with house.browser.request(method, house.url + path, headers=headers) as answer:
                assert answer.status == 200
                assert "Set-Cookie" not in answer.headers
                assert bool(await answer.read()) is (method == "GET")
    assert await house.everything_stored() == before
    assert (await house.start(path))[0] == 200


@pytest.mark.anyio
async def test_nothing_personal_stands_in_the_page_before_the_start(house: House) -> None:
    for remember in (None, True):
        path = await house.link(remember=remember)
        _, page = await house.see(path)
        assert "Merlin" in page
        assert "@mira" in page
        assert "an AI" in page.replace("is an AI", "an AI")
        assert "transcribed" in page
        for secret in ("Alice", "Aardvark", ALICE.account.id, TOPIC, "spoon", path.rpartition("/")[2]):
            assert secret not in page


@pytest.mark.anyio
async def test_the_start_hands_over_what_the_conversation_needs(house: House) -> None:
    path = await house.link()
    status, answer = await house.start(path)
    assert status == 200
    assert set(answer) == {"line", "signed_url", "message", "max_seconds", "remembers"}
    assert (answer["line"], answer["remembers"]) == ("text", True)
    assert answer["signed_url"].startswith(house.sandbox.url.replace("http", "ws", 1))
    assert answer["message"]["type"] == "conversation_initiation_client_data"
    assert answer["message"]["dynamic_variables"]["user_name"] == ALICE.name
    assert answer["message"]["conversation_config_override"]["conversation"]["text_only"] is True
    assert answer["max_seconds"] == 300


@pytest.mark.anyio
async def test_the_conversation_is_bound_to_the_call_before_the_answer(house: House) -> None:
    _, answer = await house.start(await house.link())
    conversation_id = re.search(r"conversation_id=(\w+)", answer["signed_url"])
    assert conversation_id is not None
    binding = await house.installation.store.fetch_binding(conversation_id[1])
    assert binding is not None
    assert binding.call.account == ALICE.account


@pytest.mark.anyio
async def test_what_the_start_hands_over_starts_a_talk(house: House) -> None:
    _, answer = await house.start(await house.link())
    async with house.browser.ws_connect(answer["signed_url"]) as socket:
        await socket.send_json(answer["message"])
        heard = []
        while "agent_response" not in heard:
            heard.append((await socket.receive_json())["type"])
    assert heard[0] == "conversation_initiation_metadata"


@pytest.mark.anyio
async def test_only_hashes_of_token_and_cookie_are_stored(house: House) -> None:
    path = await house.link()
    token = path.rpartition("/")[2]
    await house.start(path)
    cookie = next(iter(house.browser.cookie_jar)).value
    stored = json.dumps(await house.everything_stored(), default=str)
    for secret in (token, cookie):
        assert secret not in stored
        assert hashlib.sha256(secret.encode()).hexdigest() in stored


@pytest.mark.anyio
async def test_a_link_is_good_until_its_last_second_and_not_longer(house: House) -> None:
    path, other = await house.link(), None
    house.clock.pass_(minutes=15, seconds=-1)
    assert (await house.see(path))[0] == 200
    house.clock.pass_(seconds=1)
    status, page = await house.see(path)
    assert status == 410
    assert "/call" in page
    assert (await house.start(path))[0] == 410
    other = await house.link()
    house.clock.pass_(minutes=15, seconds=-1)
    assert (await house.start(other))[0] == 200


@pytest.mark.anyio
async def test_asking_again_withdraws_the_older_link(house: House) -> None:
    old, new = await house.link(), await house.link()
    assert (await house.see(old))[0] == 410
    assert (await house.start(old))[0] == 410
    assert (await house.start(new))[0] == 200


@pytest.mark.anyio
async def test_the_same_browser_may_start_again_and_nobody_else(house: House) -> None:
    path = await house.link()
    assert (await house.start(path))[0] == 200
    house.clock.pass_(minutes=16)
    assert (await house.see(path))[0] == 200
    assert (await house.start(path))[0] == 200
    stranger = await house.another_browser()
    status, answer = await house.start(path, browser=stranger)
    assert status == 409
    assert "another browser" in answer["error"]
    status, page = await house.see(path, stranger)
    assert status == 409
    assert "Go on here" in page


TAMPERED = {
    "one sign": lambda given: given[:-1] + ("A" if given[-1] != "A" else "B"),
    "case": str.swapcase,
    "shorter": lambda given: given[:-1],
    "longer": lambda given: given + "A",
    "other": lambda _: "A" * 43,
    "empty": lambda _: "",
    "not ASCII": lambda _: "é",
    "long": lambda _: "x" * 5_000,
    "two parts": lambda given: f"a;{given}",
    "its hash": lambda given: hashlib.sha256(given.encode()).hexdigest(),
}


@pytest.mark.anyio
@pytest.mark.parametrize("tamper", TAMPERED.values(), ids=TAMPERED)
async def test_a_tampered_cookie_opens_nothing(house: House, tamper: Callable[[str], str]) -> None:
    path = await house.link()
    await house.start(path)
    cookie = next(iter(house.browser.cookie_jar))
    stranger = await house.another_browser()
    headers = {"Cookie": f"{cookie.key}={tamper(cookie.value)}", "Origin": house.url}
    before = await house.everything_stored()
    doors = [("POST", "/start", 409), ("POST", "/cast", 410), ("POST", "/next", 410), ("POST", "/end", 200)]
    for method, door, status in [*doors, ("GET", "/events", 409), ("GET", "", 409)]:
        async with stranger.request(method, house.url + path + door, headers=headers) as answer:
            assert (door, answer.status) == (door, status)
            assert "signed_url" not in await answer.text()
    assert await house.everything_stored() == before


@pytest.mark.anyio
async def test_a_link_is_one_persons_to_the_last_sign(house: House) -> None:
    path = await house.link()
    for other in (path[:-1] + ("A" if path[-1] != "A" else "B"), "/t/" + path[3:].swapcase(), path[:-1]):
        assert (await house.see(other))[0] == 410
        assert (await house.start(other))[0] == 410
    assert (await house.start(path))[0] == 200


@pytest.mark.anyio
async def test_what_is_forgotten_or_blocked_before_it_began_opens_nothing(house: House) -> None:
    path = await house.link()
    await house.installation.store.block(ALICE.account, house.clock())
    assert (await house.start(path))[0] == 410
    await house.installation.store.unblock(ALICE.account)
    path = await house.link()
    person = await house.installation.store.find_person(ALICE.account)
    assert person is not None
    await house.installation.store.expire_call((await call_behind(house, path)).id, house.clock())
    assert (await house.see(path))[0] == 410
    assert (await house.start(path))[0] == 410


async def call_behind(house: House, path: str) -> Call:
    found = await house.installation.store.fetch_link(hashlib.sha256(path[3:].encode()).hexdigest())
    assert found is not None
    return found[1]


@pytest.mark.anyio
async def test_the_cookie_is_kept_from_scripts_other_sites_and_other_paths(house: House) -> None:
    path = await house.link()
    async with house.browser.post(f"{house.url}{path}/start", headers={"Origin": house.url}) as answer:
        assert answer.status == 200
        given = answer.headers.getall("Set-Cookie")
    assert len(given) == 1
    name, _, rest = given[0].partition("=")
    value, *attributes = rest.split("; ")
    assert name == "troupe"
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", value)
    assert set(attributes) == {"HttpOnly", "Path=/t/", "SameSite=Lax"}
    async with house.browser.post(f"{house.url}{path}/start", headers={"Origin": house.url}) as answer:
        assert "Set-Cookie" not in answer.headers


@pytest.mark.anyio
async def test_one_cookie_serves_all_links_of_a_browser(house: House) -> None:
    await house.start(await house.link())
    first = next(iter(house.browser.cookie_jar)).value
    path = await house.link()
    assert (await house.start(path))[0] == 200
    assert (await house.start(path))[0] == 200
    assert [cookie.value for cookie in house.browser.cookie_jar] == [first]


@pytest.mark.anyio
async def test_the_card_is_shown_until_it_was_answered(house: House) -> None:
    path = await house.link(remember=None)
    _, page = await house.see(path)
    for words in ("the Guild", "18 or older", "Call and remember", "Call, don&#39;t remember", "Not now"):
        assert words.replace("&#39;", "'") in page.replace("&#39;", "'")
    before = await house.everything_stored()
    status, answer = await house.start(path, None)
    assert status == 428
    assert answer["error"]
    assert await house.everything_stored() == before


@pytest.mark.anyio
@pytest.mark.parametrize("remember", [True, False])
async def test_the_answer_to_the_card_is_kept(house: House, remember: bool) -> None:
    path = await house.link(remember=None)
    assert (await house.start(path, remember))[0] == 200
    found = await house.installation.store.fetch_link(hashlib.sha256(path[3:].encode()).hexdigest())
    assert found is not None
    _, call, person = found
    assert person.consent is not None
    assert person.remembers is remember
    assert call.reach == ("own" if remember else "none")
    assert "Call and remember" not in (await house.see(path))[1]


@pytest.mark.anyio
async def test_hanging_up_has_the_transcript_looked_for(house: House) -> None:
    path = await house.link()
    _, answer = await house.start(path)
    async with house.browser.post(f"{house.url}{path}/end", headers={"Origin": house.url}) as ended:
        assert ended.status == 200
    assert len(house.nudges) == 1
    house.clock.pass_(seconds=2)
    now = house.clock()
    jobs = await house.installation.store.claim_jobs(now, now, 10)
    assert [job.subject in answer["signed_url"] for job in jobs if job.kind == "fetch"] == [True]


@pytest.mark.anyio
async def test_a_stranger_cannot_hang_up(house: House) -> None:
    path = await house.link()
    await house.start(path)
    before = await house.everything_stored()
    stranger = await house.another_browser()
    async with stranger.post(f"{house.url}{path}/end", headers={"Origin": house.url}):
        pass
    assert await house.everything_stored() == before


@pytest.mark.anyio
async def test_every_way_back_is_told_also_to_whoever_got_the_link_by_hand(house: House) -> None:
    _, page = await house.see(await house.link())
    assert "/call wizard" in page
    for path in ("/t/" + "A" * 5, "/", "/pictures/nobody"):
        page += (await house.see(path))[1]
    assert page.count("whoever gave") == 4
