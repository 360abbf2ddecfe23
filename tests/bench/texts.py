"""Things to say and to ask: made up of words as unequally common as in life, or taken out of a file."""

import itertools
import json
import random
import string
from pathlib import Path

from bot.domain.terms import Indexed, index_turn

DATA = "RECALL_DATA"
"""The environment variable that names questions, in the form that ``tests.bench.recall_training`` tells."""
_READY = 20_000


class Texts:
    """Sentences and questions, and many sentences ready with what is indexed of them.

    A file's turns are cut in halves, and the halves put together anew: its words are as common as in the
    file, and its questions find something, but there can be far more turns than in it.
    """

    def __init__(self, rng: random.Random, file: str = "", ready: int = _READY) -> None:
        self.rng = rng
        self._words = [
            "".join(rng.choices(string.ascii_lowercase, k=rng.randint(3, 9))) for _ in range(30_000)
        ]
        self._shares = list(itertools.accumulate(1 / (place + 8) for place in range(len(self._words))))
        users = json.loads(Path(file).read_text())["users"] if file else []
        self._said = [turn["text"].split() for user in users for turn in user["turns"]]
        self._asked = [one["query"] for user in users for one in user["questions"]]
        sentences = [self.sentence() for _ in range(ready)]
        self.ready: list[tuple[str, Indexed]] = [(text, index_turn("user", text)) for text in sentences]

    def sentence(self) -> str:
        """Return something to say, eleven words on average where they are made up."""
        if self._said:
            first, second = self.rng.choices(self._said, k=2)
            return " ".join(first[: len(first) // 2] + second[len(second) // 2 :])
        return self._made_up(max(1, int(self.rng.gauss(11, 5))))

    def question(self) -> str:
        """Return something to ask, two to twelve words where they are made up."""
        return self.rng.choice(self._asked) if self._asked else self._made_up(self.rng.randint(2, 12))

    def _made_up(self, words: int) -> str:
        return " ".join(self.rng.choices(self._words, cum_weights=self._shares, k=words))
