"""What must hold once all is over: the judge of the crash drill, over Postgres and many processes."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bot.domain.errors import NotStored, PerhapsStored
from storage.postgres.connection import connect
from storage.postgres.database import PostgresDatabase
from storage.postgres.transactions import READS
from tests.chaos.episode import Past
from tests.chaos.journal import read_journal
from tests.chaos.judge import ENDS, Judge
from tests.chaos.life import Member
from tests.fakes.discord.world import NONCES_LAST
from tests.together.monkey import Monkey
from tests.together.stage import SETTINGS, Stage, is_in_discord

WORLDS_FAULT = (NotStored.__name__, PerhapsStored.__name__)


class TogetherJudge(Judge):
    """Judges a whole drill at once; ``counts`` is what is told and is no fault."""

    def __init__(self, stage: Stage, monkey: Monkey) -> None:
        self._stage = stage
        self._monkey = monkey
        self._log = stage.log.read_text()
        self._truth: dict[str, Any] = stage.outside.ask("truth")
        self._journal = list(read_journal(stage.journal))
        keys = sorted({line["to"].removeprefix("console:m") for line in self._journal if "x" in line["to"]})
        self._past = Past([Member(key) for key in keys])
        dump = stage.folder / "dump"
        stage.server.run("pg_dump", "--data-only", f"--file={dump}", stage.url)
        self._bytes = Path(dump).read_bytes()
        self._words = {member.key: f"w{member.key}" for member in self._past.members}
        self._lines: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for line in self._journal:
            self._lines[line["to"]].append(line)
        self.counts: Counter[str] = Counter()

    def find_faults(self) -> list[str]:
        """Return what is wrong, one sentence each."""
        with _database(self._stage.url) as database:
            found = [*self._log_faults(), *self._ring_faults(database), *self._rest_faults(database)]
            found += [*self._allowance_faults(database), *self._sum_faults(database)]
            found += self._cost_faults(database)
            found += [*self._line_faults(database), *self._announcement_faults()]
            for member in self._past.members:
                for fault in self._member_faults(database, member):
                    if fault.startswith("a command failed") and any(one in fault for one in WORLDS_FAULT):
                        self.counts["commands that were told as not done, or not known to be"] += 1
                    else:
                        found.append(f"m{member.key}: {fault}")
            self._count(database)
        return found

    def _count(self, database: Any) -> None:
        for row in database.execute("SELECT delivery, state, count(*) AS n FROM calls GROUP BY 1, 2"):
            self.counts[f"calls: {row['delivery']} {row['state']}"] = row["n"]
        for name, table in (("conversations", "conversations"), ("turns", "turns"), ("people", "people")):
            self.counts[name] = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        self.counts["dials that rang"] = len(self._truth["calls"])
        self.counts["members forgotten"] = sum(
            any(_forgets(line) for line in self._lines[str(member.caller.account)])
            for member in self._past.members
        )
        for name, number in self._truth["counts"].items():
            self.counts[f"events {name}"] = number
        posts = [line for line in self._journal if line["kind"] == "post"]
        self.counts["recaps posted"] = sum(any(end in line["text"] for end in ENDS) for line in posts)

    def _is_unavoidable(self, posts: list[dict[str, Any]]) -> bool:
        """Whether no more of these were seen than had to be.

        It was killed, or stopped for longer than its lease, or lost its connection, after the post went out
        and before that was noted. Every other member reads in Discord, which shows once what comes again with
        the same nonce, as long as it remembers that; in Slack who posts again looks first. There alone who is
        stopped between the look and the post, for longer than its lease, tells what others told meanwhile.
        """
        seen = posts[:1]
        for post in posts[1:]:
            is_known = is_in_discord(post["to"]) and post["nonce"] and post["nonce"] == seen[-1]["nonce"]
            if not is_known or post["at"] - seen[-1]["at"] >= NONCES_LAST.total_seconds():
                seen.append(post)
        self.counts["posted a second time, and shown once"] += len(posts) - len(seen)
        self.counts["posted and shown a second time"] += len(seen) - 1
        lives = [self._monkey.lives[post["life"]] for post in seen]
        if posts[0]["nonce"] and not is_in_discord(posts[0]["to"]):
            return len(seen) == 1 or any(life.stops for life in lives)
        return all(life.was_disturbed or self._monkey.breaks for life in lives[:-1])

    def _sum_faults(self, database: Any) -> Iterator[str]:
        """Compare everybody's minutes with each one's, of who was forgotten as well."""
        for row in database.execute(
            """
            SELECT period, sum(CASE WHEN scope = 'all' THEN minutes ELSE 0 END) AS in_all,
                sum(CASE WHEN scope LIKE 'person %' THEN minutes ELSE 0 END) AS of_each
            FROM allowances WHERE length(period) = 7 GROUP BY period
            """
        ):
            self.counts["minutes used"] += row["in_all"]
            if row["in_all"] != row["of_each"]:
                yield f"all used {row['in_all']} minutes in {row['period']}, and each one {row['of_each']}"

    def _cost_faults(self, database: Any) -> Iterator[str]:
        """Compare what was counted with what ElevenLabs says, or said of what was deleted there."""
        there = {one["id"]: one["cost"] for one in self._truth["conversations"]}
        bound = {row["conversation_id"] for row in database.execute("SELECT conversation_id FROM bindings")}
        counted = database.execute("SELECT coalesce(sum(cost), 0) FROM costs").fetchone()[0]
        known = sum(cost for name, cost in there.items() if name in bound)
        erased = sum(cost for name, cost in self._truth["costs"].items() if name not in there)
        self.counts["cost counted"] = counted
        if not any(_forgets(line) for line in self._journal) and counted != known:
            yield f"calls cost {counted}, and ElevenLabs says {known}"
        # What was deleted before its event went out is not in the events.
        if counted < known or (counted > known + erased and not self._truth["counts"]["lost"]):
            yield f"calls cost {counted}: ElevenLabs says {known}, and {erased} for what was erased"

    def _line_faults(self, database: Any) -> Iterator[str]:
        """Look how many conversations went on at once, chats aside."""
        refs = {row["ref"] for row in database.execute("SELECT ref FROM calls WHERE delivery <> 'chat'")}
        edges = []
        for one in self._truth["conversations"]:
            if one["call_ref"] in refs and one["ended"] is not None:
                edges += [(one["began"], 1), (one["ended"], -1)]
        going = most = 0
        for _, step in sorted(edges):
            going += step
            most = max(most, going)
        self.counts["conversations at once, at most"] = most
        if most > int(SETTINGS["calls_at_once"]):
            yield f"{most} conversations went on at once, and {SETTINGS['calls_at_once']} may"

    def _announcement_faults(self) -> Iterator[str]:
        announced = Counter(line["text"] for line in self._journal if line["kind"] == "announce")
        self.counts["characters announced"] = len(announced)
        for title, times in announced.items():
            lives = [line["life"] for line in self._journal if line.get("text") == title]
            if times > 1 and not all(self._monkey.lives[life].was_disturbed for life in lives[:-1]):
                yield f"{title} was announced {times} times"


def _forgets(line: dict[str, Any]) -> bool:
    return line.get("command") == "forget"


@contextmanager
def _database(url: str) -> Iterator[Any]:
    connection: psycopg.Connection[Any]
    with connect(url) as connection:
        connection.execute(READS)
        yield PostgresDatabase(connection)
