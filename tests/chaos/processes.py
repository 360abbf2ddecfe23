"""True processes: `troupe run` and `troupe console`, killed at random times."""

import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from tests.chaos.episode import Death, Past, Stage, come_to_rest, prepare
from tests.chaos.journal import Journal
from tests.chaos.judge import Judge
from tests.chaos.life import Member

ROOT = Path(__file__).parents[2]
IN_ONE_HOUSE = 5
LONGEST_LIFE_SECONDS = 3.5
STEP_SECONDS = 0.01
END = "Your call with"


def play_processes(stage: Stage, number: int, count: int, seed: int) -> tuple[Past, list[str]]:
    """Start and kill processes in one house, one after another, and judge what is left."""
    draw = random.Random(f"processes {seed}/{number}")
    prepare(stage, "new", real_time=True)
    members = [Member(f"{number:05d}x{place}") for place in range(count)]
    past = Past(members)
    outputs = []
    for life, member in enumerate(members):
        seconds = draw.uniform(0.05, LONGEST_LIFE_SECONDS)
        began = time.perf_counter()
        process = _Process(stage, member, has_terminal=bool(life % 2))
        outputs.append(process.live(seconds))
        past.broken += [process.broken] if process.broken else []
        lived = time.perf_counter() - began
        past.deaths.append(Death(True, False, "in a process of its own, at a random time", seconds=lived))
    come_to_rest(stage, past)
    _note_what_was_shown(stage, members, outputs)
    return past, Judge(stage, past).find_faults()


class _Process:
    """A bot that a member sits before, or one without a terminal and a link that was made beside it."""

    def __init__(self, stage: Stage, member: Member, *, has_terminal: bool) -> None:
        self._stage = stage
        self._member = member
        self._path = stage.folder / "shown"
        self._has_terminal = has_terminal
        self.broken = ""

    def live(self, seconds: float) -> str:
        """Start it, open whatever link it shows, kill it after so many seconds; return what it showed."""
        account = f"m{self._member.key}"
        with self._path.open("wb") as out:
            command = ["console", "--as", account, "--yes"] if self._has_terminal else ["run"]
            bot = self._start(out, *command)
            beside = None
            if self._has_terminal and bot.stdin:
                bot.stdin.write(b"/call wizard\n")
                bot.stdin.flush()
            else:
                beside = self._start(out, "link", "wizard", "--as", account)
            deadline, opened = time.monotonic() + seconds, ""
            while time.monotonic() < deadline:
                opened = opened or self._open_link()
                time.sleep(STEP_SECONDS)
            if bot.poll() is not None:
                self.broken = (
                    f"a process ended by itself with {bot.returncode}: {self._path.read_text()[-500:]}"
                )
            bot.kill()
            for process in (bot, beside):
                if process is not None:
                    process.wait()
                    if process.stdin:
                        process.stdin.close()
        return self._path.read_text()

    def _start(self, out: object, *arguments: str) -> subprocess.Popen[bytes]:
        settings = self._stage.settings
        chosen = {
            name.upper(): str(getattr(settings, name))
            for name in ("database_url", "personas_dir", "listen", "public_url", "elevenlabs_api_url",
                         "elevenlabs_agent_id", "elevenlabs_phone_number_id", "phone_countries")
        }  # fmt: skip
        secrets = {
            "ELEVENLABS_API_KEY": settings.elevenlabs_api_key.get_secret_value(),
            "ELEVENLABS_WEBHOOK_SECRET": settings.elevenlabs_webhook_secret[0].get_secret_value(),
        }
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        plain = {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "COLUMNS": "200"}
        return subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments],
            cwd=self._stage.folder,
            env={**kept, **chosen, **secrets, **plain},
            stdin=subprocess.PIPE,
            stdout=out,  # type: ignore[call-overload]
            stderr=subprocess.STDOUT,
        )

    def _open_link(self) -> str:
        links = [line.strip() for line in self._path.read_text().splitlines() if line.startswith("http")]
        if not links:
            return ""
        how = {"words": self._member.words, "seconds": 0, "remember": True}
        self._stage.outside.ask("browse_alone", link=links[-1], **how)
        return links[-1]


def _note_what_was_shown(stage: Stage, members: list[Member], outputs: list[str]) -> None:
    """Write into the journal what terminals showed, as lives do for themselves."""
    with closing(sqlite3.connect(stage.house / "troupe.db")) as database:
        for life, (member, shown) in enumerate(zip(members, outputs, strict=True)):
            journal, to = Journal(stage.journal, life, stage.board.now), str(member.caller.account)
            if any(line.startswith("http") for line in shown.splitlines()):
                journal.note("told", to, text="A call is ready")
            row = database.execute(
                "SELECT id FROM calls WHERE account_id = ?", (f"m{member.key}",)
            ).fetchone()
            if row and END in shown:
                journal.note("post", to, call=row[0], text=shown[shown.index(END) :])
            with stage.log.open("a") as log:
                log.write(shown)
