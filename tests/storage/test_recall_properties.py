"""Whatever is said, brought, kept, linked, removed and forgotten: the index says what reading it all says."""

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from linking_samples import make_code, use_code
from recall_samples import MANY, bring, is_as_promised, term
from sqlite_utils import Database
from store_samples import NOW, hex_of, later, said, talk

from bot.domain.caller import Account, Consent, Person, PersonId
from bot.domain.hits import Hits, turn_key
from bot.domain.record import Reading
from bot.domain.terms import index_turn
from bot.ports import Store
from storage import open_store
from storage.rooms.characters import find_generation
from storage.rooms.comparing import find_index_errors
from storage.rooms.indexing import index_some, is_indexed
from storage.rooms.together import people_sharing
from storage.rows import to_time
from storage.sqlite import SqliteStore

ACCOUNTS = [Account("discord", "app", "U1"), Account("slack", "T1", "U1"), Account("slack", "T2", "U1")]
SLUGS = ["wizard", "captain"]
WORDS = ["whale", "lamp", "sail", "gull", "anchor", "rum"]

accounts = st.sampled_from(ACCOUNTS)
slugs = st.sampled_from(SLUGS)
reaches = st.sampled_from(["own", "shared"])
utterances = st.lists(st.sampled_from([*WORDS, "whale", "?"]), max_size=4).map(" ".join)
talks = st.lists(utterances, min_size=1, max_size=5)
days = st.integers(0, 5)
readings = st.builds(
    Reading, slugs, st.sampled_from(["own", "shared", "shared", "none"]), st.frozensets(slugs, min_size=1)
)
queries = st.lists(st.sampled_from(WORDS), unique=True, min_size=1)


class Line(NamedTuple):
    """A turn that may be read."""

    key: int
    role: str
    text: str
    began: datetime


def read_all(database: Database, person_id: str, reading: Reading) -> list[Line]:
    """Go through every turn of everybody, and keep those that the rules let this character read."""
    people = people_sharing(database, person_id)
    lines = []
    for row in database.execute("SELECT * FROM turns JOIN conversations AS c ON c.id = conversation"):
        is_own = row["slug"] in (reading.slug, "")
        is_shared = reading.memory == row["reach"] == "shared" and row["slug"] in reading.shared_slugs
        if (
            reading.memory != "none"
            and row["person_id"] in people
            and row["held_until"] is None
            and row["generation"] == find_generation(database, row["slug"])
            and (is_own or is_shared)
        ):
            key = turn_key(row["conversation"], row["position"])
            lines.append(Line(key, row["role"], row["text"], to_time(row["started_at"])))
    return lines


class Said(RuleBasedStateMachine):
    """Three accounts of one or several people, two characters, and everything that moves what was said."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.opened = open_store("sqlite:///:memory:")
        self.store: SqliteStore = self.run(self.opened.__aenter__())
        self.step = 0
        self.held: list[tuple[Account, str]] = []
        self.calls: list[tuple[Account, str]] = []
        self.now = NOW

    def teardown(self) -> None:
        self.run(self.opened.__aexit__(None, None, None))
        self.runner.close()

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(doing)

    def who(self, account: Account) -> Person:
        self.step += 1
        store: Store = self.store
        new_id = PersonId(hex_of(f"{self.step}"))
        person: Person = self.run(store.find_or_add_person(account, account.id, new_id, NOW))
        return person

    @initialize()
    def note_who_is_there(self) -> None:
        self.run(self.store.note_characters(SLUGS, self.now))

    @rule(account=accounts, slug=slugs, reach=reaches, words=talks, day=days, held=st.booleans())
    def call(
        self, account: Account, slug: str, reach: Any, words: Sequence[str], day: int, held: bool
    ) -> None:
        who, name = self.who(account), f"{self.step}"
        until = later(days=7) if held else None
        at = later(days=day, seconds=self.step)
        call = self.run(talk(self.store, who, said(*words), name, slug, reach=reach, at=at, held_until=until))
        self.calls.append((account, call.id))
        if held:
            self.held.append((account, hex_of(f"talk conv {name}")))

    @rule(account=accounts, slug=st.sampled_from([*SLUGS, ""]), reach=reaches, some=st.lists(talks), day=days)
    def bring(self, account: Account, slug: str, reach: str, some: list[list[str]], day: int) -> None:
        who = self.who(account)
        at = later(days=-day)
        file = [said(*words, started_at=at) for words in some]
        if file:
            kept_as = {"slug": slug, "reach": reach, "file": f"{self.step % 7}", "time": self.step}
            ids = self.run(bring(self.store, who, *file, **kept_as))
            self.calls += [(account, one) for one in ids]

    @rule(place=st.integers(0, 9))
    def keep(self, place: int) -> None:
        for account, talk_id in self.held[place : place + 1]:
            self.run(self.store.keep_talk(self.who(account).id, talk_id))

    @rule(one=accounts, other=accounts, shares=st.booleans())
    def link(self, one: Account, other: Account, shares: bool) -> None:
        self.run(make_code(self.store, self.who(one)))
        self.run(use_code(self.store, self.who(other), shares=shares))

    @rule(one=accounts, other=accounts)
    def unlink(self, one: Account, other: Account) -> None:
        self.run(self.store.unlink(self.who(one).id, self.who(other).id, NOW))

    @rule(account=accounts, is_on=st.booleans())
    def share(self, account: Account, is_on: bool) -> None:
        self.run(self.store.share_memory(self.who(account).id, NOW, is_on=is_on))

    @rule(account=accounts, remember=st.sampled_from([True, True, False]))
    def decide(self, account: Account, remember: bool) -> None:
        self.run(self.store.record_consent(self.who(account).id, Consent("v1", remember, NOW)))

    @rule(slug=slugs)
    def replace_a_character(self, slug: str) -> None:
        self.run(self.store.note_characters(set(SLUGS) - {slug}, self.now))
        self.now = later(days=(self.now - NOW).days + 1)
        self.run(self.store.note_characters(SLUGS, self.now))

    @rule(place=st.integers(0, 9))
    def forget_a_talk(self, place: int) -> None:
        for account, talk_id in self.calls[place : place + 1]:
            self.run(self.store.erase_talk(self.who(account).id, talk_id, NOW))

    @rule(account=accounts, slug=slugs)
    def forget_a_character(self, account: Account, slug: str) -> None:
        self.run(self.store.erase_character(self.who(account).id, slug, NOW))

    @rule(account=accounts)
    def forget_everything(self, account: Account) -> None:
        self.run(self.store.erase_person(self.who(account).id, NOW))

    @rule(day=days)
    def let_time_pass(self, day: int) -> None:
        self.run(self.store.erase_before(later(days=day - 2), 2, NOW))

    @rule(shelves=st.integers(0, 3), batches=st.integers(0, 3))
    def index_anew(self, shelves: int, batches: int) -> None:
        """Let some of the index be of an older version, as after an update that was interrupted."""

        def age(database: Database) -> None:
            database.execute("UPDATE shelves SET version = -number WHERE number % 4 = ?", (shelves,))

        self.run(self.store.writer.write(age))
        for _ in range(batches):
            self.run(self.store.writer.write(index_some))
        assert self.run(self.store.reader.read(find_index_errors)) == []
        while self.run(self.store.writer.write(index_some)):
            pass

    @rule(account=accounts, reading=readings, words=queries, limit=st.integers(1, 12))
    def search(self, account: Account, reading: Reading, words: list[str], limit: int) -> None:
        self._check(self.who(account), reading, words, limit)

    @rule(account=accounts, reading=readings, first=days, length=days, limit=st.integers(1, 12))
    def look_at_a_span(self, account: Account, reading: Reading, first: int, length: int, limit: int) -> None:
        who, since, before = self.who(account), later(days=first - 3), later(days=first + length - 3)
        hits = self.run(self.store.fetch_between(who.id, reading, since, before, limit))
        lines = [line for line in self._lines(who, reading) if since <= line.began < before]
        lines.sort(key=lambda line: (line.began, line.key), reverse=True)
        assert is_as_promised(hits, [""])
        assert hits.frequencies == {"": len(lines)}
        assert list(hits.marks) == [line.key for line in lines[:limit]]

    @invariant()
    def the_index_says_what_was_said(self) -> None:
        assert self.run(self.store.reader.read(find_index_errors)) == []
        assert self.run(self.store.reader.read(is_indexed))
        for account in ACCOUNTS:
            who, reading = self.who(account), Reading("wizard", "shared", frozenset(SLUGS))
            self._check(who, reading, WORDS, MANY)
            lines = sorted(self._lines(who, reading), key=lambda line: (line.began, line.key), reverse=True)
            newest = self.run(self.store.fetch_newest_said(who.id, reading, 4))
            assert [turn.key for turn in newest] == [line.key for line in lines[:4]]

    def _lines(self, who: Person, reading: Reading) -> list[Line]:
        lines: list[Line] = self.run(self.store.reader.read(lambda it: read_all(it, who.id, reading)))
        return lines

    def _check(self, who: Person, reading: Reading, words: list[str], limit: int) -> None:
        terms = [term(word) for word in words]
        hits: Hits = self.run(self.store.fetch_hits(who.id, reading, terms, limit))
        lines = {line.key: line for line in self._lines(who, reading)}
        indexed = {key: index_turn(line.role, line.text) for key, line in lines.items()}
        true = {one: {key for key, index in indexed.items() if one in index.terms} for one in terms}
        assert is_as_promised(hits, terms)
        assert hits.turn_count == len(lines)
        assert hits.frequencies == {one: len(keys) for one, keys in true.items()}
        assert hits.marks == {key: indexed[key].marks for key in hits.marks}
        assert {one: set(keys) for one, keys in hits.postings.items()} == {
            one: keys & set(hits.marks) for one, keys in true.items()
        }
        assert len(hits.marks) == min(limit, len(set().union(*true.values())))
        taken: set[int] = set()
        for one in sorted(terms, key=lambda one: (len(true[one]), one)):
            if len(taken | true[one]) > limit:
                left = [lines[key].began for key in true[one] - set(hits.marks)]
                partly = [lines[key].began for key in set(hits.marks) - taken]
                assert max(left) <= min(partly, default=max(left))
                break
            taken |= true[one]
            assert taken <= set(hits.marks)
        told = self.run(self.store.fetch_said(who.id, reading, [*hits.marks, *range(0, 99 << 20, 1 << 20)]))
        assert {turn.key for turn in told} == set(hits.marks) | {key for key in lines if key % (1 << 20) == 0}


Said.TestCase.settings = settings(max_examples=25, stateful_step_count=25)
TestTheIndexSaysWhatWasSaid = Said.TestCase
