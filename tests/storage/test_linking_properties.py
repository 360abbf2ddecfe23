"""Whatever is linked, parted, said, brought and forgotten: nobody is told a word that is not theirs."""

import asyncio
import json
import re
from collections.abc import Coroutine
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from linking_samples import make_code, use_code
from store_samples import NOW, hex_of, later, said, talk

from bot.domain.caller import Account, Consent, Person, PersonId
from bot.domain.context import build_context
from bot.domain.fact import Fact, FactId
from bot.domain.initiation import build_initiation
from bot.domain.record import Reading
from bot.ports import Store
from storage import open_store
from tests.domain.making import make_occasion, make_persona

ACCOUNTS = [
    Account(platform, tenant, account_id)
    for platform, tenant in (("discord", "app"), ("slack", "T1"), ("slack", "T2"))
    for account_id in ("U1", "U2")
]
"""Three workspaces with equal user ids."""
SLUGS = ["wizard", "captain"]
NAMES = {"wizard": "Merlin", "captain": "Captain Nan"}
CANARY = re.compile(r"canary[0-9]+x")
SHOWN_AT_MOST = 20

accounts = st.sampled_from(ACCOUNTS)
slugs = st.sampled_from(SLUGS)
readings = st.builds(
    Reading, slugs, st.sampled_from(["own", "shared", "none"]), st.frozensets(st.sampled_from(SLUGS))
)


@dataclass
class Line:
    """One thing that somebody said, brought or added; ``slug`` is empty where it is for every character."""

    owner: Account
    slug: str
    reach: str
    held: bool = False
    is_fact: bool = False


@dataclass
class Model:
    """What holds, in words: who belongs together, who shares, who declined, and whose each canary is."""

    together: dict[Account, int] = field(default_factory=lambda: dict(zip(ACCOUNTS, count(), strict=False)))
    sharing: dict[int, bool] = field(default_factory=dict)
    declined: set[Account] = field(default_factory=set)
    lines: dict[str, Line] = field(default_factory=dict)

    def group(self, account: Account) -> set[Account]:
        return {one for one in ACCOUNTS if self.together[one] == self.together[account]}

    def sharers(self, account: Account) -> set[Account]:
        """Whose lines an account may be told: its own, and those of whom it shares its memory with."""
        if account in self.declined or not self.sharing.get(self.together[account]):
            return {account}
        return {account, *(self.group(account) - self.declined)}

    def expected(self, account: Account, reading: Reading) -> set[str]:
        if account in self.declined or reading.memory == "none":
            return set()
        return {
            canary
            for canary, line in self.lines.items()
            if line.owner in self.sharers(account) and not line.held and _may_read(line, reading)
        }


def _may_read(line: Line, reading: Reading) -> bool:
    if line.slug in ({reading.slug} if line.is_fact else {reading.slug, ""}):
        return True
    return reading.memory == "shared" and line.reach == "shared" and line.slug in reading.shared_slugs


class OnePerson(RuleBasedStateMachine):
    """Somebody with several accounts, somebody else with the same ids, and everything that they may do."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.opened = open_store("sqlite:///:memory:")
        self.store: Store = self.run(self.opened.__aenter__())
        self.model = Model()
        self.step = 0

    def teardown(self) -> None:
        self.run(self.opened.__aexit__(None, None, None))
        self.runner.close()

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(doing)

    def who(self, account: Account) -> Person:
        new_id = PersonId(hex_of(f"{account!r} {self.step}"))
        person: Person = self.run(self.store.find_or_add_person(account, account.id, new_id, NOW))
        return person

    def canary(self, owner: Account, slug: str, reach: str, **more: bool) -> str:
        self.step += 1
        words = f"canary{self.step}x"
        self.model.lines[words] = Line(owner, slug, reach, **more)
        return words

    @initialize(are_two=st.booleans())
    def begin(self, are_two: bool) -> None:
        """Let there be two people with two accounts each, as the ids have it, or none yet."""
        for one, other in ((0, 2), (1, 5)) if are_two else ():
            self.link(ACCOUNTS[one], ACCOUNTS[other], shares=True)

    @rule(one=accounts, other=accounts, shares=st.booleans())
    def link(self, one: Account, other: Account, shares: bool) -> None:
        self.step += 1
        maker, writer = self.who(one), self.who(other)
        self.run(make_code(self.store, maker))
        verdict = self.run(use_code(self.store, writer, shares=shares, at=NOW))
        is_new = other not in self.model.group(one)
        assert verdict == ("right" if is_new else "own" if one == other else "linked")
        if is_new:
            new = 1000 + self.step
            for account in self.model.group(one) | self.model.group(other):
                self.model.together[account] = new
            self.model.sharing[new] = shares

    @rule(one=accounts, other=accounts)
    def unlink(self, one: Account, other: Account) -> None:
        self.step += 1
        done = self.run(self.store.unlink(self.who(one).id, self.who(other).id, NOW))
        assert done == (other in self.model.group(one) and len(self.model.group(one)) > 1)
        if done:
            self.model.together[other] = 1000 + self.step

    @rule(account=accounts, is_on=st.booleans())
    def share(self, account: Account, is_on: bool) -> None:
        self.run(self.store.share_memory(self.who(account).id, NOW, is_on=is_on))
        if len(self.model.group(account)) > 1:
            self.model.sharing[self.model.together[account]] = is_on

    @rule(account=accounts, slug=slugs, reach=st.sampled_from(["own", "shared"]), held=st.booleans())
    def call(self, account: Account, slug: str, reach: str, held: bool) -> None:
        if account in self.model.declined:
            return
        words = self.canary(account, slug, reach, held=held)
        until = later(days=7) if held else None
        self.run(
            talk(
                self.store,
                self.who(account),
                said(words),
                words,
                slug,
                reach=reach,
                held_until=until,
                at=later(minutes=self.step),
            )
        )

    @rule(account=accounts, slug=st.sampled_from([*SLUGS, ""]), reach=st.sampled_from(["own", "shared"]))
    def bring(self, account: Account, slug: str, reach: str) -> None:
        words = self.canary(account, slug, reach)
        named = [(hex_of(words), said(words, started_at=later(minutes=self.step)))]
        self.run(self.store.store_import(self.who(account).id, slug, reach, named, words, {}, NOW))

    @rule(account=accounts, slug=slugs, reach=st.sampled_from(["own", "shared"]))
    def tell_a_fact(self, account: Account, slug: str, reach: str) -> None:
        words = self.canary(account, slug, reach, is_fact=True)
        fact = Fact(FactId(hex_of(words)), slug, reach, words, later(minutes=self.step))
        self.run(self.store.add_fact(self.who(account).id, fact))

    @rule(account=accounts, remember=st.booleans())
    def decide(self, account: Account, remember: bool) -> None:
        self.run(self.store.record_consent(self.who(account).id, Consent("v1", remember, NOW)))
        (self.model.declined.discard if remember else self.model.declined.add)(account)

    @rule(account=accounts, slug=slugs)
    def forget_a_character(self, account: Account, slug: str) -> None:
        self.run(self.store.erase_character(self.who(account).id, slug, NOW))
        gone = self.model.sharers(account)
        self._drop(lambda line: line.owner in gone and line.slug == slug)

    @rule(account=accounts, along=st.booleans())
    def forget_everything(self, account: Account, along: bool) -> None:
        self.step += 1
        who = self.who(account)
        linked = self.run(self.store.fetch_linked(who.id))
        assert {one.account for one in linked.sharing} == self.model.sharers(account) - {account}
        named = [one.person_id for one in linked.accounts] if along else []
        self.run(self.store.erase_person(who.id, NOW, linked=named))
        gone = self.model.sharers(account) if along else {account}
        self._drop(lambda line: line.owner in gone)
        for place, one in enumerate(sorted(gone, key=str)):
            self.model.together[one] = 100_000 + 10 * self.step + place
            self.model.declined.discard(one)

    def _drop(self, is_gone: Any) -> None:
        self.model.lines = {words: line for words, line in self.model.lines.items() if not is_gone(line)}

    @rule(account=accounts, reading=readings)
    def ask_what_would_be_told(self, account: Account, reading: Reading) -> None:
        self._check(account, reading)

    @invariant()
    def everybody_is_told_exactly_what_is_theirs(self) -> None:
        for account in ACCOUNTS:
            self._check(account, Reading("wizard", "shared", frozenset(SLUGS)))
            self._check_what_is_shown(account)

    def _check(self, account: Account, reading: Reading) -> None:
        """Compare what a call would begin with, to the letter, with what may be told."""
        who, expected = self.who(account), self.model.expected(account, reading)
        if who.declined:
            return  # the use case asks for nothing then
        record = self.run(self.store.fetch_record(who.id, reading))
        persona = make_persona(reading.slug, memory=reading.memory)
        context = build_context(record, persona, "", names=NAMES, budget_chars=10**6)
        began = build_initiation(persona, "", record, context, make_occasion()).as_message()
        told = set(CANARY.findall(json.dumps(began)))
        assert told <= expected
        facts = {words for words in expected if self.model.lines[words].is_fact}
        assert {fact.text for fact in record.facts} == facts
        if len(expected - facts) <= SHOWN_AT_MOST:
            assert told == expected

    def _check_what_is_shown(self, account: Account) -> None:
        who, sharers = self.who(account), self.model.sharers(account)
        shown: set[str] = set()
        for past in self.run(self.store.fetch_history(who.id, limit=10_000)):
            words = {turn.text for turn in self.run(self.store.fetch_turns(who.id, past.talk_id))}
            (owner,) = {self.model.lines[word].owner for word in words}
            assert past.elsewhere == ("" if owner == account else owner.platform)
            shown |= words
        assert shown == {
            words for words, line in self.model.lines.items() if line.owner in sharers and not line.is_fact
        }


OnePerson.TestCase.settings = settings(max_examples=25, stateful_step_count=25)
TestNobodyIsToldWhatIsNotTheirs = OnePerson.TestCase
