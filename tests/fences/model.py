"""What has to hold, in words of its own: whose each canary is, and who may be told it.

Nothing here calls Troupe. What commands change in it is in ``effects`` and ``knowing``.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.caller import Account
from tests.fences.canary import thing_of
from tests.fences.kept import SAID, TALKS, Call, Character, Line, Talk, narrower, numbers_of

CHECKOUT = timedelta(minutes=10)
"""A file that is away for no longer is the same character afterwards."""
CODE_LASTS = timedelta(minutes=10)
HELD_FOR = timedelta(days=7)
_FIRST_FACTS = 8


@dataclass(eq=False)
class Model:
    """Who belongs together, who shares, who declined, and whose everything is."""

    accounts: tuple[Account, ...]
    characters: dict[str, Character]
    together: dict[Account, int] = field(default_factory=dict)
    sharing: dict[int, bool] = field(default_factory=dict)
    answers: dict[Account, bool] = field(default_factory=dict)
    names: dict[Account, int] = field(default_factory=dict)
    wanted_recaps: dict[Account, str] = field(default_factory=dict)
    codes: dict[str, tuple[Account, datetime]] = field(default_factory=dict)
    phones: dict[Account, str] = field(default_factory=dict)
    inbound: set[Account] = field(default_factory=set)
    lines: list[Line] = field(default_factory=list)
    calls: dict[str, Call] = field(default_factory=dict)
    talks: dict[str, Talk] = field(default_factory=dict)
    not_kept: set[int] = field(default_factory=set)
    """Canaries that may stand nowhere any more, or never might."""
    erasures: Counter[Account] = field(default_factory=Counter)
    """How often something of somebody's was erased: all that stands behind their buttons goes then."""
    _groups: int = 0

    def __post_init__(self) -> None:
        for account in self.accounts:
            self.part(account)

    # who

    def group(self, account: Account) -> list[Account]:
        """Return the accounts that are one person's, this one included."""
        return [one for one in self.accounts if self.together[one] == self.together[account]]

    def part(self, account: Account) -> None:
        """Let an account be alone."""
        self._groups += 1
        self.together[account] = self._groups
        self.sharing[self._groups] = False

    def link(self, one: Account, other: Account, *, shares: bool) -> None:
        """Make two accounts, and whoever is linked with either, one person."""
        everybody = [*self.group(one), *self.group(other)]
        self._groups += 1
        self.together |= dict.fromkeys(everybody, self._groups)
        self.sharing[self._groups] = shares

    def unlink(self, account: Account) -> None:
        """Take one account from the others."""
        others = [one for one in self.group(account) if one != account]
        self.part(account)
        if len(others) == 1:
            self.part(others[0])

    def has_declined(self, account: Account) -> bool:
        """Whether nothing is kept of an account and nothing told."""
        return self.answers.get(account) is False

    def sharers(self, account: Account) -> set[Account]:
        """Return whose memory an account's is: its own, and that of whom it shares with."""
        if self.has_declined(account) or not self.sharing[self.together[account]]:
            return {account}
        return {account, *(one for one in self.group(account) if not self.has_declined(one))}

    # what

    def kept_of(self, account: Account) -> Iterator[Line]:
        """Yield what an account is shown of its past, whatever any character may know."""
        people = self.sharers(account)
        return (line for line in self.lines if line.owner in people)

    def visible(self, account: Account) -> set[int]:
        """Return what may be shown to an account."""
        people = self.sharers(account)
        topics = {call.topic for call in self.calls.values() if call.owner in people and not call.is_erased}
        return {line.number for line in self.lines if line.owner in people} | (topics - {0})

    def reads(self, slug: str, line: Line, *, memory: str | None = None) -> bool:
        """Whether a character as it is now may know a line of somebody with whom it talks."""
        own = self.characters[slug]
        memory = memory or own.memory or "own"
        if memory == "none" or line.held_until or line.replaced_by or line.kind == "former":
            return False
        if not line.slug or line.is_for_everyone:
            return True
        told = self.characters[line.slug]
        if line.generation != told.generation:
            return False
        if line.slug == slug:
            return True
        return memory == "shared" and line.reach == "shared" and told.memory == "shared"

    def readable(self, account: Account, slug: str, continues: str = "") -> list[Line]:
        """Return what a character may be told of somebody at the start of a call."""
        if continues == "fresh" or self.has_declined(account):
            return []
        return [line for line in self.kept_of(account) if self.reads(slug, line)]

    def facts_shown(self, account: Account, slug: str) -> list[Line]:
        """Return the facts of a character, whether or not it is told them at the moment."""
        one = self.characters[slug]
        memory = "shared" if one.memory == "shared" and not self.has_declined(account) else "own"
        facts = (line for line in self.kept_of(account) if line.kind == "fact")
        shown = [line for line in facts if self.reads(slug, line, memory=memory)]
        return shown if one.memory else [line for line in shown if line.slug == slug]

    def about(self, account: Account, slug: str, thing: str, continues: str = "") -> set[int]:
        """Return the talks about a thing that a character may know: some of them are told on that topic."""
        lines = (line for line in self.readable(account, slug, continues) if thing)
        talks = (line for line in lines if line.kind in SAID)
        return {line.number for line in talks if thing_of(line.number) == thing}

    def must_know(self, account: Account, slug: str, continues: str = "") -> set[int]:
        """Return what has to be told: there is room for at least the newest of everything."""
        known = list(enumerate(self.readable(account, slug, continues)))
        lines = [line for _, line in sorted(known, key=lambda one: (one[1].at, one[0]), reverse=True)]
        fields = [line for line in lines if line.kind == "profile" and line.owner == account]
        facts = [line for line in lines if line.kind == "fact" and not line.is_pinned]
        pinned = [line for line in lines if line.is_pinned]
        talks = [line for line in lines if line.kind in TALKS]
        own = [line for line in talks if line.slug in {slug, ""}]
        gone_on = [line for line in talks if line.id == continues][:1]
        few = talks if len(talks) <= 8 and len(facts) + len(pinned) <= _FIRST_FACTS else own[:1]
        last = {numbers_of(line, self.lines)[-1] for line in (*few, *gone_on)}
        return {line.number for line in (*fields, *pinned, *facts[:_FIRST_FACTS])} | last

    # what goes

    def drop(self, lines: Iterable[Line]) -> None:
        """Let these be kept no more, nowhere."""
        gone = set(lines)
        self.lines = [line for line in self.lines if line not in gone]
        self.not_kept |= {line.number for line in gone} - {line.number for line in self.lines}
        for line in self.lines:
            while line.replaced_by in gone:
                line.replaced_by = line.replaced_by.replaced_by

    def erase_calls(self, calls: Iterable[Call]) -> None:
        """Erase calls with all that was said in them."""
        gone = {call.id: call for call in calls}
        for call in gone.values():
            call.is_erased, call.is_open = True, False
        topics = {call.topic for call in self.calls.values() if not call.is_erased}
        self.not_kept |= {call.topic for call in gone.values()} - topics - {0}
        said = [line for line in self.lines if line.kind == "talk" and line.id in gone]
        learned = [line for line in self.lines if line.kind == "fact" and line.call in gone]
        stay = [line for line in learned if line.is_pinned or line.is_corrected]
        for line in stay:
            line.call = ""
        self.drop({*said, *learned} - {*stay})
        for talk in self.talks.values():
            if talk.call.id in gone:
                self.not_kept |= {fact.number for fact in talk.facts if not self._is_kept(fact.number)}

    def erase(self, people: Iterable[Account], slug: str | None = None, *, id_: str | None = None) -> None:
        """Erase what these accounts have: of one character, of one id, or everything."""
        who = set(people)
        calls = [call for call in self.calls.values() if call.owner in who and not call.is_erased]
        lines = [line for line in self.lines if line.owner in who]
        if slug is not None:
            calls = [call for call in calls if call.slug == slug]
            lines = [line for line in lines if line.slug == slug and line.kind != "profile"]
        if id_ is not None:
            calls = [call for call in calls if call.id == id_]
            lines = [line for line in lines if line.id == id_ and line.kind in SAID]
        self.erase_calls(calls)
        self.drop(lines)
        self.erasures.update(who)

    def leave(self, account: Account) -> None:
        """Let a person be unknown here: everything of them goes."""
        self.erase([account])
        self.unlink(account)
        self.answers.pop(account, None)
        self.wanted_recaps.pop(account, None)
        self.phones.pop(account, None)
        self.inbound.discard(account)
        self.codes = {code: made for code, made in self.codes.items() if made[0] != account}

    def decline(self, account: Account) -> None:
        """Keep nothing of what has not come home yet."""
        self.answers[account] = False
        for call in self.calls.values():
            if call.owner == account and call.is_open:
                call.reach = "none"
                self.forget_topic(call)
        for talk in self.talks.values():
            if talk.call.owner == account and not talk.is_home:
                talk.reach = "none"

    def forget_topic(self, call: Call) -> None:
        """Let a call's topic be kept no more, unless another call is about the same."""
        topic, call.topic = call.topic, 0
        if topic and all(other.topic != topic for other in self.calls.values()):
            self.not_kept.add(topic)

    # talks

    def stamp(self, owner: Account, slug: str, continues: str) -> str:
        """Return how far a talk may be read that is asked for, or begins, now."""
        memory = self.characters[slug].memory or "none"
        return memory if self.answers.get(owner) and continues != "fresh" else "none"

    def begin(self, id_: str, number: int, call: Call, at: datetime) -> None:
        """Let a conversation of a call begin, which is when it is stamped; a hosted one begins unseen."""
        if call.delivery != "hosted":
            call.reach = self.stamp(call.owner, call.slug, call.continues)
        self.talks[id_] = Talk(id_, number, call, call.reach, at)

    def come_home(self, talk: Talk, now: datetime, *, is_theirs: bool) -> None:
        """Keep what was said, if anything of it is to be; held unless somebody said who they are."""
        call = talk.call
        talk.is_home, call.is_open = True, False
        reach = narrower(talk.reach, call.reach)
        if call.reach == "none":
            self.forget_topic(call)
        if call.is_erased or reach == "none":
            self.not_kept |= {talk.number, *(told.number for told in talk.facts)}
            return
        line = Line(talk.number, "talk", call.owner, call.slug, call.generation, reach, talk.at, call.id)
        line.held_until = None if is_theirs else now + HELD_FOR
        self.lines.append(line)
        if is_theirs:
            self.learn(talk, reach)

    def release(self, line: Line) -> None:
        """Let a held talk be remembered: its owner said that it was them."""
        line.held_until = None
        for talk in self.talks.values():
            if talk.number == line.number:
                self.learn(talk, line.reach)

    # facts

    def learn(self, talk: Talk, reach: str) -> None:
        """Know from now on what was found in a talk."""
        call = talk.call
        for told in talk.facts:
            new = Line(told.number, "fact", call.owner, call.slug, call.generation, reach, talk.at)
            new.call, new.is_birthday = call.id, told.is_birthday
            self.add_fact(new)

    def add_fact(self, new: Line) -> None:
        """Keep a fact; of a birthday the newest one stands, but for pinned ones and those for everyone."""
        standing = [line for line in self.lines if line.kind == "fact" and line.owner == new.owner]
        close = [line for line in standing if (line.slug, line.generation) == (new.slug, new.generation)]
        if new.is_birthday:
            known = [
                line
                for line in standing
                if line.is_birthday and not line.replaced_by and (line.is_for_everyone or line in close)
            ]
            for line in known:
                if line.at <= new.at and not line.is_pinned and not line.is_for_everyone:
                    line.replaced_by = new
            newer = sorted((line for line in known if line.at > new.at), key=lambda line: line.at)
            new.replaced_by = newer[0] if newer else None
        self.lines.append(new)

    def _is_kept(self, number: int) -> bool:
        return any(line.number == number for line in self.lines)

    def let_time_pass(self, now: datetime) -> None:
        """Erase what nobody said was theirs."""
        late = {line.id for line in self.lines if line.held_until is not None and line.held_until <= now}
        for call in [call for call in self.calls.values() if call.id in late]:
            self.erase(self.sharers(call.owner), id_=call.id)

    def change_character(self, slug: str, memory: str | None, now: datetime) -> None:
        """Write a character's file anew, take it away, or bring another one back under its slug."""
        one = self.characters[slug]
        if memory is None and one.memory is not None:
            one.left_at = now
        if memory is not None and one.left_at is not None:
            one.generation += now - one.left_at > CHECKOUT
            one.left_at = None
        one.memory = memory
