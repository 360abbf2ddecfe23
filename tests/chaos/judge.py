"""What must hold after the quiet end, whatever was killed; each judgement yields what it finds wrong."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from tests.chaos.episode import Past, Stage
from tests.chaos.journal import read_journal
from tests.chaos.life import ALWAYS_QUEUED, DAILY_ROWS, FAILED, Member
from tests.chaos.old_files import ASKED_CALL, DONE_CALL, LIVE_CALL, OLD_WORDS

FINAL = ("done", "failed", "expired")
PLACED = ("is ready", "Calling ", "will ring ")
RECEIPTS = ("Erased here", "There was nothing to erase here")
ENDS = ("Your call with", "If the code was read", "The call with your code", "Its code is good for nothing")
CANCELLED = ("you cancelled it", "the phone was removed")
STOP = "stop calling"
HELD = "Was this you?"
"""What nobody says yes to is erased after a week."""
FORGOTTEN = " is forgotten"


class Judge:
    """Everything that is left of an episode, read once."""

    def __init__(self, stage: Stage, past: Past) -> None:
        self._past = past
        self._log = stage.log.read_text() if stage.log.exists() else ""
        self._truth: dict[str, Any] = stage.outside.ask("truth")
        self._journal = list(read_journal(stage.journal))
        self._bytes = b"".join(path.read_bytes() for path in sorted(stage.house.glob("troupe.db*")))
        self._path = stage.house / "troupe.db"
        self._words = {member.key: f"w{member.key}" for member in past.members}
        self._lines: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for line in self._journal:
            self._lines[line["to"]].append(line)

    def find_faults(self) -> list[str]:
        """Return what is wrong, one sentence each."""
        with closing(sqlite3.connect(self._path)) as database:
            database.row_factory = sqlite3.Row
            found = [*self._past.broken, *self._log_faults(), *self._file_faults(database)]
            found += [*self._ring_faults(database), *self._old_faults(database)]
            found += self._allowance_faults(database)
            found += self._rest_faults(database)
            for member in self._past.members:
                found += [f"m{member.key}: {fault}" for fault in self._member_faults(database, member)]
        return found

    def _log_faults(self) -> Iterator[str]:
        if "Traceback" in self._log:
            _, *below = self._log[self._log.index("Traceback") :].splitlines()
            ends = next((line for line in below if not line.startswith(" ")), "")
            yield f"the log has a traceback: {ends[:300]}"

    def _file_faults(self, database: sqlite3.Connection) -> Iterator[str]:
        for (line,) in database.execute("PRAGMA integrity_check"):
            if line != "ok":
                yield f"integrity_check: {line}"
        for row in database.execute("PRAGMA foreign_key_check"):
            yield f"foreign_key_check: {tuple(row)}"

    def _rest_faults(self, database: sqlite3.Connection) -> Iterator[str]:
        marks = ",".join("?" * len(ALWAYS_QUEUED))
        for row in database.execute(f"SELECT * FROM jobs WHERE kind NOT IN ({marks})", ALWAYS_QUEUED):
            yield f"work is left over: {row['kind']} of {row['subject']}"
        queued = {row["kind"] for row in database.execute("SELECT kind FROM jobs")}
        for kind in set(DAILY_ROWS) - queued:
            yield f"nobody will do the daily {kind}"
        for row in database.execute("SELECT * FROM calls"):
            if row["state"] not in FINAL:
                yield f"a call is {row['state']} for ever"
        known = {row["key"] for row in database.execute("SELECT key FROM inbox")}
        refs = {row["ref"] for row in database.execute("SELECT ref FROM calls")}
        there = {one["id"]: one["call_ref"] for one in self._truth["conversations"]}
        for key in self._truth["acknowledged"]:
            # What was erased meanwhile is gone from the inbox with its call.
            if key not in known and there.get(key.partition(":")[2]) in refs:
                yield f"{key} was acknowledged and is not in the inbox"
        if database.execute("SELECT 1 FROM inbox WHERE body IS NOT NULL").fetchone():
            yield "the inbox keeps an event's bytes"

    def _allowance_faults(self, database: sqlite3.Connection) -> Iterator[str]:
        """Compare what calls are charged with what was talked, and the counters with both."""
        talked: dict[str, list[int]] = defaultdict(list)
        for one in self._truth["conversations"]:
            talked[one["call_ref"]].append(one["seconds"])
        in_all: Counter[tuple[str, str]] = Counter()
        for row in database.execute("SELECT * FROM calls WHERE charged_day <> ''"):
            seconds = talked[row["ref"]]
            if row["reach"] == "none" and row["state"] == "done":  # ElevenLabs' copy is gone, and was right
                seconds = [row["duration_seconds"]]
            due = (int(bool(seconds)), -(-sum(seconds) // 60))
            charged = (row["charged_calls"], row["charged_minutes"])
            if charged != due:
                how = f"{row['state']}, {row['failure']!r}"
                yield f"a {row['delivery']} call ({how}) is charged {charged} and comes to {due}"
            in_all[f"person {row['holder']}", row["charged_day"]] += row["charged_calls"]
            for scope in (f"person {row['holder']}", "all"):
                in_all[scope, row["charged_day"][:7]] += row["charged_minutes"]
        erased = any(_erases(line) or HELD in line.get("text", "") for line in self._journal)
        holders = {row["holder"] for row in database.execute("SELECT holder FROM calls")}
        for row in database.execute("SELECT * FROM allowances WHERE scope NOT LIKE 'code%'"):
            count = row["calls"] if len(row["period"]) == len("2026-11-18") else row["minutes"]
            wanted = in_all[row["scope"], row["period"]]
            if count != wanted and not (erased and count > wanted):
                yield f"{row['scope'][:14]} used {count} in {row['period']}, and not {wanted}"
            if not erased and row["scope"] != "all" and row["scope"].partition(" ")[2] not in holders:
                yield "an allowance is used by nobody's call"

    def _old_faults(self, database: sqlite3.Connection) -> Iterator[str]:
        """Look for what an older Troupe left behind, if this file is one of its."""
        calls = database.execute("SELECT id FROM calls WHERE account_id = 'old'").fetchall()
        if calls and {row["id"] for row in calls} != {LIVE_CALL, DONE_CALL, ASKED_CALL}:
            yield "a call of the old file is gone"
        if calls and not database.execute("SELECT 1 FROM turns WHERE text = ?", (OLD_WORDS,)).fetchone():
            yield "the words of the old file are gone"
        told = [line for line in self._lines["console:old"] if line.get("call") == LIVE_CALL]
        if calls and not told:
            yield "nobody was told the end of the old file's call"

    def _ring_faults(self, database: sqlite3.Connection) -> Iterator[str]:
        rung = {ring.get("call_ref") for ring in self._truth["calls"]}
        for row in database.execute("SELECT ref, state FROM calls WHERE delivery = 'phone'"):
            if (row["ref"] in rung) != (row["state"] == "done") and row["state"] != "failed":
                yield f"a phone call that {'rang' if row['ref'] in rung else 'never rang'} is {row['state']}"
        for reference, times in Counter(ring.get("call_ref") for ring in self._truth["calls"]).items():
            if times > 1:
                yield f"call {reference} rang {times} times"
        unwanted = {talk.get("number") for talk in self._truth["talks"] if STOP in " ".join(talk["said"])}
        for number, times in Counter(ring["to_number"] for ring in self._truth["calls"]).items():
            if number in unwanted and times > 1:
                yield "a number rang again after somebody had asked for no calls"

    def _member_faults(self, database: sqlite3.Connection, member: Member) -> Iterator[str]:
        account = str(member.caller.account)
        lines = self._lines[account]
        told = [line["text"] for line in lines if line["kind"] == "told"]
        is_erased = any(text.startswith(RECEIPTS) for text in told)
        asked_to_erase = any(_erases(line) for line in lines)
        calls = database.execute(
            "SELECT * FROM calls WHERE platform = 'console' AND account_id = ?", (f"m{member.key}",)
        ).fetchall()
        accepted = sum(any(words in text for words in PLACED) for text in told)
        held = {line["call"] for line in lines if line["kind"] == "post" and HELD in line["text"]}
        there = len(held | {row["id"] for row in calls})
        if accepted > there and not asked_to_erase:
            yield f"{accepted} calls were accepted, and there are {there}"
        yield from (f"a command failed: {text[:200]}" for text in told if text.startswith(FAILED))
        yield from self._post_faults(lines, calls)
        yield from self._late_rings(member, lines)
        if is_erased or (asked_to_erase and not calls):  # killed before the receipt: all went, or nothing
            yield from self._remains(member)
        elif not asked_to_erase:
            yield from self._word_faults(database, member, lines)

    def _late_rings(self, member: Member, lines: list[dict[str, Any]]) -> Iterator[str]:
        """Look whether a number rang after its owner was told that it is forgotten."""
        everything = any(line.get("arguments", {}).get("what") == "everything" for line in lines)
        forgotten = [
            line["at"]
            for line in lines
            if line["kind"] == "told"
            and (FORGOTTEN in line["text"] or (everything and line["text"].startswith(RECEIPTS)))
        ]
        for ring in self._truth["calls"]:
            if forgotten and ring["to_number"] == member.number and ring["placed_at"] > min(forgotten):
                yield "a number rang after it was forgotten"

    def _post_faults(self, lines: list[dict[str, Any]], calls: list[sqlite3.Row]) -> Iterator[str]:
        posts: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for line in lines:
            if line["kind"] == "post":
                posts[line["call"]].append(line)
        for row in calls:
            # Of a link that was not opened in time, and of what they cancelled, members know the end.
            is_known = row["state"] == "expired" and (
                row["delivery"] != "phone" or row["failure"] in CANCELLED
            )
            # Who wrote the code while it was read needs no word about it.
            is_known |= row["purpose"] == "code" and row["state"] == "done"
            is_told = any(end in post["text"] for post in posts[row["id"]] for end in ENDS)
            if not is_told and not is_known:
                yield f"nobody was told the end of a call that is {row['state']}"
        for told in posts.values():
            for text, times in Counter(post["text"] for post in told).items():
                same = [post for post in told if post["text"] == text]
                if times > 1 and not self._is_unavoidable(same):
                    lives = [post["life"] for post in same]
                    yield f"the same was told {times} times, in lives {lives}: {text[:60]}"

    def _is_unavoidable(self, posts: list[dict[str, Any]]) -> bool:
        """Whether each of the lives but the last was killed, so that what it had told could be unknown."""
        lives = [post["life"] for post in posts]
        once = len(set(lives)) == len(lives)
        return once and all(self._past.deaths[life].killed for life in lives[:-1])

    def _remains(self, member: Member) -> Iterator[str]:
        last_answer = [line for line in self._journal if line["to"] == str(member.caller.account)]
        everything = any(line.get("arguments", {}).get("what") == "everything" for line in last_answer)
        # One call or one character: the name stays, and what was said in others.
        if (member.key if everything else f"w{member.key}").encode() in self._bytes:
            yield "something of who was erased is in the database's files"
        for one in self._truth["conversations"]:
            if f"w{member.key}" in one["words"] or (everything and member.key in one["variables"]):
                yield f"something of who was erased is at ElevenLabs: {one['id']} ({one['status']})"

    def _word_faults(
        self, database: sqlite3.Connection, member: Member, lines: list[dict[str, Any]]
    ) -> Iterator[str]:
        words = f"w{member.key}"
        is_kept = not any(line.get("arguments", {}).get("remember") == "no" for line in lines)
        outside = Counter(text for talk in self._truth["talks"] for text in talk["said"] if words in text)
        there = Counter(text for one in self._truth["conversations"] for text in one["said"] if words in text)
        said = outside | there  # a chat is heard at ElevenLabs only, and what was erased there only outside
        for text, times in said.items():
            kept = database.execute("SELECT count(*) FROM turns WHERE text = ?", (text,)).fetchone()[0]
            if kept != (times if is_kept else 0):
                yield f"{text!r} was said {times} times and stands here {kept} times"
        if not is_kept and said:
            if words.encode() in self._bytes:
                yield "words that are not to be kept are in the database's files"
            if any(words in one["words"] for one in self._truth["conversations"]):
                yield "words that are not to be kept are at ElevenLabs"


def _erases(line: dict[str, Any]) -> bool:
    """Whether a member asked, and meant it, that something is erased."""
    return bool(line.get("command") == "forget" and line.get("arguments", {}).get("sure"))
