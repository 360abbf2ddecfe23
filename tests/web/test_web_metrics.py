"""What Prometheus is told: how things stand, to whoever may know, and nothing about anybody."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from prometheus_client.parser import text_string_to_metric_families
from pydantic import ValidationError
from web_house import ALICE, SECRETS, TOPIC, House, event, sign

from bot.calls.chatting import open_chat
from bot.calls.ending import expire
from bot.calls.figures import OF_THIS_PROCESS
from bot.calls.placing import Wish, place
from bot.config import Settings
from bot.domain.allowance import UNLIMITED
from bot.domain.call import Delivery, NewJob
from bot.domain.caller import Caller
from bot.domain.errors import CallNotFound, UnknownPersona
from bot.events import take_event
from bot.fronts.commands import DOORS
from bot.web.metrics import HERE as HERE_NOW
from bot.web.metrics import THERE, Metrics
from bot.web.webhooks import KINDS, REASONS
from storage import open_store

TOKEN = "0123456789abcdef-of-ours"
HERE = ip_network("127.0.0.0/8")


async def ask(house: House, url: str = "", **headers: str) -> tuple[int, str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with house.browser.get(f"{url or house.url}/metrics", headers=named) as answer:
        return answer.status, await answer.text()


async def look(house: House, url: str = "") -> dict[tuple[str, ...], float]:
    """Return each sample under its name and the values of its labels."""
    status, text = await ask(house, url)
    assert status == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def spoil(*files: Path) -> None:
    """Leave files as long as they are, with nothing in them that means anything."""
    for file in files:
        with file.open("r+b") as opened:
            opened.write(b"x" * file.stat().st_size)


@pytest.mark.anyio
async def test_calls_are_counted_as_they_are_asked_for_placed_refused_and_started(house: House) -> None:
    path = await house.link()
    await house.start(path)
    await house.start(path, browser=await house.another_browser())
    with pytest.raises(UnknownPersona):
        await place(house.installation, ALICE, "nobody")
    with pytest.raises(CallNotFound):
        await place(house.installation, ALICE, "wizard", Wish(via="chat", continues="0" * 8))
    seen = await look(house)
    assert seen["troupe_calls_asked_total", "page"] == 2
    assert seen["troupe_calls_placed_total", "page"] == 1
    assert seen["troupe_calls_refused_total", "page", "UnknownPersona"] == 1
    assert seen["troupe_calls_refused_total", "chat", "CallNotFound"] == 1
    assert seen["troupe_calls_started_total", "page", "bound"] == 1
    assert seen["troupe_lines_busy",] == 1
    assert seen["troupe_calls_placed_total", "chat"] == 0


@pytest.mark.anyio
async def test_whatever_can_be_counted_stands_at_zero_from_the_start(house: House) -> None:
    seen = await look(house)
    begun = [
        *(("troupe_webhooks_refused_total", reason) for reason in (*REASONS.values(), "not stored")),
        *(("troupe_webhooks_received_total", kind) for kind in KINDS),
        *(("troupe_dials_total", outcome) for outcome in ("handed_over", "refused", "unclear")),
        *(("troupe_recalls_total", outcome) for outcome in ("nothing", "answered", "refused")),
        *(("troupe_webhook_lag_seconds_count", stage) for stage in ("received", "processed")),
        *(("troupe_acknowledge_seconds_count", front) for front in ("discord", "slack")),
        *(("troupe_calls_inbound_total", answer) for answer in ("known", "stranger", "refused", "neutral")),
    ]
    for delivery in Delivery:
        begun += [(f"troupe_calls_{what}_total", delivery) for what in ("asked", "placed")]
        begun += [("troupe_calls_started_total", delivery, what) for what in ("bound", "taken", "full")]
        begun += [("troupe_calls_ended_total", "other", delivery, what) for what in ("done", "failed")]
        begun += [("troupe_calls_refused_total", delivery, what) for what in ("CallRefused", "NotStored")]
    assert {one: seen.get(one) for one in begun} == dict.fromkeys(begun, 0)


@pytest.mark.anyio
async def test_a_question_for_consent_is_no_call_and_what_begins_twice_counts_once(house: House) -> None:
    wish = Wish(via="chat")
    assert await place(house.installation, ALICE, "wizard", wish) is None
    path = await house.link()
    for _ in range(2):
        assert (await house.start(path))[0] == 200
    placed = await place(house.installation, ALICE, "wizard", wish)
    assert placed is not None
    async with open_chat(house.installation, ALICE, placed.call.id):
        seen = await look(house)
    for delivery in ("page", "chat"):
        assert seen["troupe_calls_asked_total", delivery] == 1
        assert seen["troupe_calls_placed_total", delivery] == 1
        assert seen["troupe_calls_started_total", delivery, "bound"] == 1


@pytest.mark.anyio
async def test_events_and_questions_are_counted_by_what_they_are_and_became(house: House) -> None:
    url = await house.serve(recall_secrets=SECRETS)
    events = [event("conv_1"), b'{"type": "mira_s_own", "data": {}}', b'{"type": "post_call_audio"}']
    for raw in events:
        async with house.browser.post(f"{url}/hooks/elevenlabs", data=raw, headers=sign(raw, house.clock())):
            pass
    async with house.browser.post(f"{url}/hooks/elevenlabs", data=b"{}"):
        pass
    for secret in (SECRETS[0], "wrong"):
        body, headers = {"call_ref": "0" * 32, "query": "who?"}, {"X-Troupe-Secret": secret}
        async with house.browser.post(f"{url}/tools/recall", json=body, headers=headers):
            pass
    await house.stop_storing()
    raw = event("conv_2")
    async with house.browser.post(f"{url}/hooks/elevenlabs", data=raw, headers=sign(raw, house.clock())):
        pass
    seen = await look(house)
    assert seen["troupe_webhooks_received_total", "post_call_transcription"] == 2
    assert seen["troupe_webhooks_received_total", "post_call_audio"] == 1
    assert seen["troupe_webhooks_received_total", "other"] == 1
    assert seen["troupe_webhooks_refused_total", "unsigned"] == 1
    assert seen["troupe_webhooks_refused_total", "not stored"] == 1
    assert seen["troupe_webhook_seconds_count",] == 3, "of those whose signature is right"
    assert seen["troupe_recalls_total", "nothing"] == 1
    assert seen["troupe_recalls_total", "refused"] == 1
    assert seen["troupe_recall_seconds_count",] == 1, "of those with the right secret"


@pytest.mark.anyio
async def test_what_waits_what_is_spent_and_who_is_connected_is_said(house: House) -> None:
    limits = replace(UNLIMITED, cost_per_month=5_000, calls_at_once=7)
    url = await house.serve(
        terms=replace(house.installation.terms, limits=limits),
        fronts=lambda: {"discord": True, "slack": False},
    )
    store = house.installation.store
    await store.add_jobs([NewJob("sweep", str(number), house.clock()) for number in range(3)])
    (job,) = await store.claim_jobs(house.clock(), house.clock.now.replace(hour=13), 1)
    await store.postpone_job(job, house.clock.now.replace(hour=14))
    path = await house.link()
    await house.start(path)
    async with house.browser.get(f"{house.url}{path}/events"):
        seen = await look(house, url)
        assert seen["troupe_pages_open",] == 1
    assert (seen["troupe_front_connected", "discord"], seen["troupe_front_connected", "slack"]) == (1, 0)
    assert (seen["troupe_jobs_waiting", "sweep"], seen["troupe_jobs_tried", "sweep"]) == (3, 1)
    assert (seen["troupe_credits_spent",], seen["troupe_credits_ceiling",]) == (0, 5_000)
    assert seen["troupe_lines_limit",] == 7
    assert seen["process_resident_memory_bytes",] > 1_000_000


@pytest.mark.anyio
async def test_what_the_calls_of_a_month_cost_is_said(house: House) -> None:
    store: Any = house.installation.store
    month = f"{house.clock():%Y-%m}"
    rows = [(month, "page", "wizard", "", "", 400, 60, 1), ("2001-01", "page", "wizard", "", "", 9, 6, 1)]
    await store.writer.write(
        lambda database: [
            database.execute("INSERT INTO costs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row) for row in rows
        ]
    )
    assert (await look(house))["troupe_credits_spent",] == 400


@pytest.mark.anyio
async def test_calls_are_counted_by_state_delivery_and_character_while_they_are_open_and_once_over(
    house: House,
) -> None:
    await house.link()  # withdrawn by the next
    await house.start(await house.link())
    writer: Any = house.installation.store
    await writer.writer.write(lambda database: database.execute("UPDATE calls SET slug = 'gone'"))
    for name in ("bob", "carol", "dora"):
        await house.link(named(name))
    seen = await look(house)
    assert seen["troupe_calls_open", "other", "page", "live"] == 1
    assert seen["troupe_calls_open", "wizard", "page", "asked"] == 3
    for name in ("bob", "bob", "carol", "dora", "bob"):
        placed = await place(house.installation, named(name), "wizard", Wish())
        assert placed is not None
        for _ in range(2):
            await expire(house.installation, placed.call.id)
    seen = await look(house)
    assert seen["troupe_calls_ended_total", "other", "page", "expired"] == 3, "of two people"
    assert seen["troupe_calls_ended_total", "wizard", "page", "expired"] == 2


def named(name: str) -> Caller:
    return replace(ALICE, account=replace(ALICE.account, id=name))


@pytest.mark.anyio
async def test_whom_one_person_calls_is_not_named(house: House) -> None:
    await house.link()
    assert "wizard" not in (await ask(house))[1]
    placed = await place(house.installation, ALICE, "wizard", Wish())
    assert placed is not None
    await expire(house.installation, placed.call.id)
    assert "wizard" not in (await ask(house))[1]


@pytest.mark.anyio
async def test_work_that_is_due_and_late_is_told_by_kind_and_how_late(house: House) -> None:
    now = house.clock()
    due = {"sweep": 0, "fetch": 90, "recap": -60}
    await house.installation.store.add_jobs(
        [NewJob(kind, "1", now - timedelta(seconds=seconds)) for kind, seconds in due.items()]
    )
    seen = await look(house)
    assert {key[1] for key in seen if key[0] == "troupe_jobs_due"} == {"sweep", "fetch"}
    assert {key[1] for key in seen if key[0] == "troupe_jobs_late"} == {"fetch"}
    assert seen["troupe_jobs_late_seconds",] == 90


@pytest.mark.anyio
async def test_what_is_left_of_the_minutes_of_a_month_is_told(house: House) -> None:
    limits = replace(UNLIMITED, minutes_per_month_total=600, minutes_per_call=7)
    url = await house.serve(terms=replace(house.installation.terms, limits=limits))
    await house.link()
    seen = await look(house, url)
    assert seen["troupe_minutes_ceiling",] == 600
    assert 0 < seen["troupe_minutes_used",] <= 60


@pytest.mark.anyio
async def test_how_late_events_are_is_measured_when_they_come(house: House) -> None:
    sent_at = int(house.clock().timestamp()) - 4
    for told in (sent_at, "soon", True):
        raw = json.dumps({"type": "other", "event_timestamp": told, "data": {}}).encode()
        headers = sign(raw, house.clock())
        async with house.browser.post(f"{house.url}/hooks/elevenlabs", data=raw, headers=headers) as answer:
            assert answer.status == 200
    seen = await look(house)
    assert seen["troupe_webhook_lag_seconds_count", "received"] == 1
    assert seen["troupe_webhook_lag_seconds_sum", "received"] == 4


@pytest.mark.anyio
async def test_how_late_an_event_is_taken_in_is_measured_once_it_is(house: House) -> None:
    raw = event("conv_1")
    async with house.browser.post(
        f"{house.url}/hooks/elevenlabs", data=raw, headers=sign(raw, house.clock())
    ):
        pass
    house.clock.pass_(seconds=7)
    store, now = house.installation.store, house.clock()
    (job,) = [one for one in await store.claim_jobs(now, now, 10) if one.kind == "event"]
    for count in (0, 1, 1):
        assert (await look(house)).get(("troupe_webhook_lag_seconds_count", "processed"), 0) == count
        await take_event(house.installation, lambda _: None, job)
    assert (await look(house))["troupe_webhook_lag_seconds_sum", "processed"] == 7


@pytest.mark.anyio
async def test_each_figure_says_whether_it_is_of_this_process_or_of_the_database(house: House) -> None:
    await house.link()
    _, text = await ask(house)
    abouts = {line.split()[2]: line for line in text.splitlines() if line.startswith("# HELP troupe_")}
    assert len(abouts) > 20
    for name, about in abouts.items():
        assert about.endswith((OF_THIS_PROCESS, HERE_NOW, THERE)), name
    assert abouts["troupe_jobs_waiting"].endswith(THERE)
    assert abouts["troupe_calls_asked_total"].endswith(OF_THIS_PROCESS)


@pytest.mark.anyio
async def test_however_many_ask_the_database_is_asked_seldom(house: House) -> None:
    store = house.installation.store
    metrics = {
        seconds: Metrics(house.installation, dict, "", (), keep_seconds=seconds) for seconds in (3_600, 0)
    }
    application = web.Application()
    for seconds, one in metrics.items():
        application.router.add_get(f"/{seconds}/metrics", one.tell)
    async with TestServer(application) as server:
        for count in (1, 2):
            await store.add_jobs([NewJob("sweep", str(count), house.clock())])
            kept = await look(house, f"http://127.0.0.1:{server.port}/3600")
            fresh = await look(house, f"http://127.0.0.1:{server.port}/0")
    assert (kept["troupe_jobs_waiting", "sweep"], fresh["troupe_jobs_waiting", "sweep"]) == (1, 2)


@pytest.mark.anyio
async def test_where_nothing_can_be_read_that_is_said_and_the_rest_all_the_same(
    house: House, tmp_path: Path
) -> None:
    await house.link()
    async with open_store(f"sqlite:///{tmp_path}/troupe.db") as store:
        url = await house.serve(store=store)
        await asyncio.to_thread(spoil, tmp_path / "troupe.db", tmp_path / "troupe.db-wal")
        seen = await look(house, url)
    assert seen["troupe_store_readable",] == 0
    assert seen["troupe_calls_asked_total", "page"] == 1
    assert ("troupe_lines_busy",) not in seen


def words_in(text: str) -> set[str]:
    """Return what stands in labels."""
    return {
        value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        for name, value in sample.labels.items()
        if name != "le"
    }


@pytest.mark.anyio
async def test_no_label_holds_anything_that_somebody_wrote_or_is(house: House) -> None:
    url = await house.serve(recall_secrets=SECRETS, fronts=lambda: {"slack": True})
    ours = words_in((await ask(house, url))[1])
    await house.start(await house.link())
    for raw in (event("conv_mira"), b'{"type": "wizard", "data": {"conversation_id": "Alice"}}'):
        async with house.browser.post(f"{url}/hooks/elevenlabs", data=raw, headers=sign(raw, house.clock())):
            pass
    status, text = await ask(house, url)
    assert status == 200
    assert words_in(text) <= ours | {"event", "fetch", "expire", "find", "wizard", *DOORS}
    for private in ("Alice", ALICE.account.id, "Merlin", TOPIC, "mira", "Guild"):
        assert private not in text


@pytest.mark.anyio
@pytest.mark.parametrize(
    "headers",
    [
        {"X_Forwarded_For": "198.51.100.1"},
        {"X_Forwarded_For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"CF_Connecting_IP": "198.51.100.1"},
        {"Via": "1.1 proxy"},
        {"Host": "talk.example.com"},
        {"Host": "127.0.0.1.example.com:8080"},
        {"Host": ""},
        {"Authorization": f"Bearer {TOKEN}x"},
    ],
)
async def test_whoever_comes_through_a_proxy_on_this_machine_finds_no_such_address(
    house: House, headers: dict[str, str]
) -> None:
    behind = {"X_Forwarded_For": "127.0.0.1"} if "Authorization" in headers else {}
    url = await house.serve(metrics_token=TOKEN)
    status, text = await ask(house, url, **headers, **behind)
    nowhere = await house.see("/nowhere")
    assert (status, text) == nowhere


@pytest.mark.anyio
@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:8080", "[::1]", "LOCALHOST"])
async def test_on_this_machine_any_of_its_names_will_do(house: House, host: str) -> None:
    assert (await ask(house, Host=host))[0] == 200


@pytest.mark.anyio
async def test_where_a_proxy_on_this_machine_is_trusted_only_the_token_opens(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    url = await house.serve(metrics_token=TOKEN, proxies=(HERE,))
    refused = [
        {},
        {"X_Forwarded_For": "127.0.0.1"},
        {"Authorization": "Bearer "},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"Bearer {TOKEN} {TOKEN}"},
    ]
    for headers in refused:
        assert (await ask(house, url, **headers))[0] == 404
    assert "METRICS_TOKEN" in caplog.text
    assert TOKEN[:-1] not in caplog.text
    for kind in ("Bearer", "bearer"):
        behind = {"X_Forwarded_For": "198.51.100.1", "Authorization": f"{kind} {TOKEN}"}
        assert (await ask(house, url, **behind))[0] == 200
    untold = await house.serve(proxies=(HERE,))
    for given in ("Bearer ", "Bearer", f"Bearer {TOKEN}"):
        assert (await ask(house, untold, Authorization=given))[0] == 404


@pytest.mark.parametrize("written", ["short", "x" * 15, "with a space in it", "ümlauts-ümlauts-ümlauts"])
def test_a_token_that_can_be_guessed_is_refused_with_how_to_make_one(written: str) -> None:
    with pytest.raises(ValidationError, match="16 plain characters or more"):
        Settings(_env_file=None, metrics_token=written)
    assert Settings(_env_file=None, metrics_token=TOKEN).metrics_token.get_secret_value() == TOKEN
