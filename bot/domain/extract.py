"""A summary of ours where the platform sent none: the member's most telling words, dated, and nothing else.

No model and no list of any language's words is behind it: long, named and counted things tell more than short
ones, and what is said of oneself tells more than the rest. The same conversation has the same summary.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.conversation import Transcript, Turn
from bot.domain.neutralising import shows_anything, visible
from bot.domain.quoting import day, one_line, quoted

_SENTENCES, _SENTENCE_CHARS = 2, 180
_TELLS_ENOUGH = 0.4
"""The second sentence tells so much of what the first does, at least."""
_MOST_TURNS, _TURN_CHARS = 2_000, 2_000
_FEWEST_CHARS = 8
_SAID = "they said: "
_ABBREVIATED = r"(?<!\b[A-ZÀ-Þ]\.)(?<!\b[A-ZÀ-Þ]\w\.)(?<!\b[A-ZÀ-Þ]\w\w\.)(?<!\b\w\.\w\.)"
_END = re.compile(rf"(?<=[!?…])\s+|(?<=\.){_ABBREVIATED}\s+|(?<=[。！？।؟])|\n+")
"""Where a sentence ends: not behind "Dr.", "St." or "z.B."; one that ends in a short name goes on."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NUMBER = re.compile(r"\d+")
_WITHOUT_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_SHORTEST_WORD, _LONGEST_COUNTED = 4, 12
_SELF = frozenset(
    "i i'm i've i'd i'll my me mine we our ich mein meine meinen meiner mir mich wir je j'ai".split()  # noqa: SIM905
) | frozenset(
    "mon ma mes moi yo mi mis soy tengo io mio mia sono ho eu meu minha sou ik mijn ja mój moja mam".split()  # noqa: SIM905
)
_SELF_ANYWHERE = re.compile(
    r"\b(?:я|мой|моя|мои|мне|меня|ben|benim|أنا)\b|मैं|मेर[ीाे]|我|私|僕|俺|나는|저는|제 |내 "
)


@dataclass(frozen=True, slots=True)
class _Sentence:
    place: int
    text: str
    words: frozenset[str]
    score: float


def summarised(transcript: Transcript, at: datetime | None) -> Transcript:
    """Return a transcript with a summary: its own, or else an extract that is marked as ours."""
    if transcript.summary.strip():
        return transcript
    return replace(transcript, summary=extract(transcript.turns, at), is_extract=True)


def extract(turns: Sequence[Turn], at: datetime | None) -> str:
    """Return at most two sentences of the member's, dated by the talk; nothing if they said nothing.

    ``at`` is None where nobody knows when it was.
    """
    sentences = _sentences(turns)
    if not sentences:
        return ""
    best = sorted(sentences, key=lambda one: (-one.score, one.place))
    chosen = best[:1]
    for one in best[1:]:
        is_telling = one.score > best[0].score * _TELLS_ENOUGH
        if len(chosen) < _SENTENCES and is_telling and all(_is_other(one, other) for other in chosen):
            chosen.append(one)
    said = " ".join(quoted(one.text, _SENTENCE_CHARS) for one in sorted(chosen, key=lambda one: one.place))
    return f"On {day(at)} {_SAID}{said}" if at else f"{_SAID[0].upper()}{_SAID[1:]}{said}"


def words_of_extract(summary: str) -> str:
    """Return an extract without its date, for where that stands already."""
    return summary.partition(_SAID[1:])[2] or summary


def _sentences(turns: Sequence[Turn]) -> list[_Sentence]:
    said = [turn.text[:_TURN_CHARS] for turn in turns if turn.role == "user"][:_MOST_TURNS]
    texts = [text for words in said for text in _split(words)]
    counted = Counter(word for text in texts for word in set(_words(text)))
    return [
        _Sentence(place, text, frozenset(_words(text)), _score(text, counted, len(texts)))
        for place, text in enumerate(texts)
    ]


def _split(text: str) -> Iterator[str]:
    for part in _END.split(text):
        if shows_anything(line := one_line(visible(part), _TURN_CHARS)):
            yield line


def _words(text: str) -> Iterator[str]:
    """Yield the words that can tell something; of scripts without spaces, each two letters."""
    for word in _WORD.findall(text.casefold()):
        if _WITHOUT_SPACES.search(word):
            yield from (word[at : at + 2] for at in range(len(word) - 1))
        elif len(word) >= _SHORTEST_WORD or not word.isascii():
            yield word


def _score(text: str, counted: Counter[str], sentences: int) -> float:
    """Return how much a sentence tells: questions and small talk next to nothing."""
    words = set(_words(text))
    if len(text) < _FEWEST_CHARS or not words:
        return 0.0
    telling = sum(_weight(word, counted[word], sentences) for word in words)
    names = sum(name[:1].isupper() for name in _WORD.findall(text)[1:] if name.casefold() not in _SELF)
    score: float = telling + 0.5 * min(names, 3) + 0.5 * min(len(_NUMBER.findall(text)), 2)
    if not _SELF.isdisjoint(_plain_words(text)) or _SELF_ANYWHERE.search(text.casefold()):
        score *= 1.6
    if text.rstrip("”\"' ").endswith(("?", "？", "؟")):
        score *= 0.25
    return score / max(1.0, len(text) / _SENTENCE_CHARS)


def _weight(word: str, count: int, sentences: int) -> float:
    """Return what a word tells: long ones and such as come back more, one that is everywhere nothing."""
    if sentences > 8 and count > sentences / 3:
        return 0.0
    length = 6 if _WITHOUT_SPACES.search(word) else min(len(word), _LONGEST_COUNTED)
    return (length / _LONGEST_COUNTED) * (1.0 + 0.2 * min(count - 1, 3))


def _plain_words(text: str) -> Iterable[str]:
    return (word.replace("’", "'") for word in _WORD.findall(text.casefold()))


def _is_other(one: _Sentence, other: _Sentence) -> bool:
    """Whether two sentences do not say much the same."""
    return len(one.words & other.words) * 2 < max(1, min(len(one.words), len(other.words)))
