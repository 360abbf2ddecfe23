"""What a database is like, as far as can be seen without changing anything of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Examined:
    """Steps that only a newer Troupe knows, how many it lacks, and what its keys lack."""

    newer: tuple[str, ...] = ()
    lacking: int = 0
    key_problem: str = ""
