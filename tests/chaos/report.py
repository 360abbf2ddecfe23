"""What a run came to, for people and for programs."""

import json
import time
from collections import Counter
from typing import Any


class Report:
    """Counts kills by world and by point, and keeps what failed."""

    def __init__(self, seed: int, bug: str = "") -> None:
        self.seed = seed
        self.bug = bug
        self.kills = self.recovery_kills = self.episodes = self.lives = 0
        self.faults: list[dict[str, Any]] = []
        self._worlds: Counter[str] = Counter()
        self._points: Counter[str] = Counter()
        self._began = time.perf_counter()

    def take(self, line: str) -> None:
        """Take in a worker's line."""
        self.add(json.loads(line))

    def add(self, played: dict[str, Any]) -> None:
        """Take in what one episode came to."""
        self.episodes += 1
        self.lives += played["lives"]
        self.kills += len(played["kills"])
        self.recovery_kills += len(played["recovery_kills"])
        died_at = [*played["kills"], *played["recovery_kills"]]
        self._worlds[played["plan"].partition("|")[0]] += len(died_at)
        self._points.update(died_at)
        if played["faults"]:
            self.faults.append(played)

    def as_json(self) -> str:
        """Return everything."""
        return json.dumps(
            {
                "seed": self.seed,
                "kills": self.kills,
                "recovery_kills": self.recovery_kills,
                "episodes": self.episodes,
                "lives": self.lives,
                "seconds": round(time.perf_counter() - self._began, 1),
                "worlds": dict(self._worlds),
                "points": dict(self._points.most_common()),
                "faults": self.faults,
            },
            indent=2,
        )

    def as_text(self) -> str:
        """Return what a person wants to know."""
        seconds = time.perf_counter() - self._began
        killed = self.kills + self.recovery_kills
        counted = (
            f"{self.kills:,} kills at work and {self.recovery_kills:,} while recovering, in "
            f"{self.episodes:,} episodes with {self.lives:,} lives; seed {self.seed}, {seconds:.0f} s, "
            f"{1000 * seconds / max(killed, 1):.0f} ms a kill."
        )
        lines = [
            counted,
            "Killed in " + ", ".join(f"{world} {count:,}" for world, count in self._worlds.most_common()),
            f"Killed at {len(self._points):,} different points:",
            *(f"{count:8,}  {name}" for name, count in self._points.most_common(40)),
        ]
        for played in self.faults:
            lines += ["", f"Episode {played['number']} failed:", *(f"  {one}" for one in played["faults"])]
            bug = f" --bug {self.bug}" if self.bug else ""
            number, plan = played["number"], played["plan"]
            lines.append(
                f'  python -m tests.chaos{bug} --seed {self.seed} --number {number} --replay "{plan}"'
            )
        lines.append(f"{len(self.faults):,} episodes failed." if self.faults else "Nothing was lost.")
        return "\n".join(lines)
