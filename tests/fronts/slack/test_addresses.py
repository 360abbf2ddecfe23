"""A response URL takes five answers within half an hour; a sixth, or a late one, is not even sent."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.fronts.slack.addresses import HOSTS, Addresses, hosts_at, is_slacks
from bot.fronts.slack.blocks import Message
from bot.fronts.slack.surfaces import Beside, NotShown
from tests.fakes.slack import open_fake_slack

pytestmark = pytest.mark.anyio
early, late = "https://hooks.slack.com/early", "https://hooks.slack.com/late"


@dataclass
class Clock:
    now: datetime = field(default_factory=lambda: datetime(2027, 3, 10, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def moves(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)


async def test_the_sixth_answer_is_not_sent() -> None:
    async with open_fake_slack() as slack:
        mira = slack.adds_workspace("Acme").adds_person("Mira")
        slack.fails("/response/.*", status=200, body="ok", times=99)
        addresses = Addresses(Clock(), hosts_at(slack.api_url))
        for which in ("one", "other"):
            beside = Beside(f"{slack.url}/response/{which}", addresses)
            for number in range(5):
                await beside.show(Message(f"{number}"), in_place=False)
            with pytest.raises(NotShown):
                await beside.add(Message("6"))
        assert len([one for one in slack.requests if one.path.startswith("/response/")]) == 10
        assert mira.whispers == []


def test_an_address_is_good_for_half_an_hour_after_it_came() -> None:
    clock = Clock()
    addresses = Addresses(clock, HOSTS)
    addresses.see(early)
    clock.moves(29)
    addresses.see(late)
    assert addresses.use(early)
    clock.moves(1)
    assert not addresses.use(early)
    assert addresses.use(late)
    clock.moves(60)
    addresses.see(early)
    assert not addresses.use(early), "that it is seen again makes it no younger"


def test_addresses_of_yesterday_are_noted_no_more() -> None:
    clock = Clock()
    addresses = Addresses(clock, HOSTS)
    for number in range(100):
        addresses.see(str(number))
    clock.moves(25 * 60)
    addresses.see("new")
    assert len(addresses._used) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/hooks.slack.com",
        "https://hooks.slack.com.evil.example/a",
        "https://evilslack.com/a",
        "https://hooks.slack.com@evil.example/a",
        "https://evil.example\\@hooks.slack.com/a",
        "http://hooks.slack.com/a",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "https://[slack.com/a",
        "",
    ],
)
async def test_what_is_said_goes_to_no_other_host(url: str) -> None:
    addresses = Addresses(Clock(), HOSTS)
    assert not is_slacks(url, HOSTS)
    assert not addresses.use(url)
    with pytest.raises(NotShown):
        await Beside(url, addresses).show(Message("for her alone"), in_place=False)
    assert addresses.use(early)
