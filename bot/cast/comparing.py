"""What members notice of a change to the cast: two readings of the folder, compared."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.cast.admin_files import HOUSE_RULES, VOICES
from bot.cast.pictures import read_picture
from bot.cast.read import Cast, read_cast
from bot.domain.errors import PersonaFileError
from bot.domain.persona import Persona, Slug, git_blob_id
from bot.domain.reaching import and_list, is_wider, reach_change
from bot.domain.voice import Voice

Kind = Literal["added", "changed", "removed", "broken"]
PROMPT = "prompt"
"""What a body's change is called; it is shown line by line."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A folder of personas as it was read, with the ids of the pictures' bytes by slug."""

    cast: Cast
    pictures: Mapping[str, str]

    def sharers(self, but: str) -> list[str]:
        """Return the names of the characters that share their memory, but one."""
        personas = self.cast.personas.values()
        return sorted(one.name for one in personas if one.memory == "shared" and one.slug != but)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is another now; both texts are empty where it is not there.

    ``meaning`` says what that is to members, where it needs saying. With ``is_privacy`` it is about who reads
    what they say, with ``is_wider`` more is read than before.
    """

    what: str
    before: str
    after: str
    meaning: str = ""
    is_privacy: bool = False
    is_wider: bool = False

    @property
    def is_text(self) -> bool:
        """Whether it is long, and looked at line by line."""
        return self.what in (PROMPT, HOUSE_RULES)

    @property
    def reach(self) -> str:
        """How a memory's reach changes, in a few words."""
        if self.before and self.after:
            return f"memory changes from {self.before} to {self.after}"
        return f"memory {self.after}" if self.after else f"memory was {self.before}"


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of one character; ``problems`` prevent it from being called as its file is now."""

    slug: str
    name: str
    kind: Kind
    before: Persona | None
    after: Persona | None
    changes: tuple[Change, ...] = ()
    problems: tuple[PersonaFileError, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """All that changes: characters by slug, those first whose memory reaches further than it did.

    ``house_rules`` holds for every character; ``voices`` are those that differ, each with the characters
    that speak with it as what it means. ``problems`` are those of the files that all have in common.
    """

    characters: tuple[Changed, ...]
    house_rules: Change | None
    voices: tuple[Change, ...]
    problems: tuple[PersonaFileError, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is another than it was, and nothing is wrong with what all have in common."""
        return not (self.characters or self.house_rules or self.voices or self.problems)


def read_folder(folder: Path) -> Reading:
    """Read a folder of personas, and its pictures."""
    cast = read_cast(folder)
    named = {slug: one.picture for slug, one in cast.personas.items() if one.picture}
    return Reading(cast, {slug: git_blob_id(read_picture(folder, name)) for slug, name in named.items()})


def compare(before: Reading, after: Reading, only: Iterable[str] = ()) -> Difference:
    """Return what changed; ``only`` these slugs, empty: everything, with what all have in common."""
    wanted = set(only)
    slugs = wanted or before.cast.slugs_on_disk | after.cast.slugs_on_disk
    found = [one for slug in sorted(slugs) if (one := _compare(Slug(slug), before, after))]
    common = {HOUSE_RULES, VOICES}
    return Difference(
        tuple(sorted(found, key=lambda one: not any(change.is_wider for change in one.changes))),
        _house_rules(before.cast, after.cast),
        tuple(_voices(before.cast, after.cast, wanted)),
        tuple(one for one in after.cast.problems if one.path.name in common or not after.cast.slugs_on_disk),
    )


def _compare(slug: Slug, before: Reading, after: Reading) -> Changed | None:
    old, new = before.cast.personas.get(slug), after.cast.personas.get(slug)
    name = (new or old).name if new or old else slug  # type: ignore[union-attr]  # one of them is there
    if new is None and slug in after.cast.slugs_on_disk:
        problems = tuple(one for one in after.cast.problems if one.path.stem == slug)
        was_so = slug in before.cast.slugs_on_disk and old is None
        return None if was_so and not problems else Changed(slug, name, "broken", old, None, (), problems)
    if old is None and new is None:
        return None
    changes = tuple(_changes(slug, name, before, after))
    if old is None:
        return Changed(slug, name, "added", None, new, changes)
    if new is None:
        return Changed(slug, name, "removed", old, None, changes)
    if not changes and old.version == new.version:
        return None
    return Changed(slug, name, "changed", old, new, changes)


def _changes(slug: Slug, name: str, before: Reading, after: Reading) -> Iterator[Change]:
    old, new = before.cast.personas.get(slug), after.cast.personas.get(slug)
    then, now = old.memory if old else None, new.memory if new else None
    if then != now:
        meaning = reach_change(name, then, now, once=before.sharers(slug), sharers=after.sharers(slug))
        wider = is_wider(then, now) and (then is not None or now == "shared")
        yield Change("memory", then or "", now or "", meaning, is_privacy=True, is_wider=wider)
    if old is None or new is None:
        return
    for what, text in _TEXTS.items():
        if text(old) != text(new):
            yield Change(what, text(old), text(new))
    pictures = before.pictures.get(slug, ""), after.pictures.get(slug, "")
    if pictures[0] != pictures[1]:
        yield Change("picture", _picture(old, pictures[0]), _picture(new, pictures[1]))


def _picture(persona: Persona, blob_id: str) -> str:
    return f"{persona.picture} ({blob_id[:7]})" if blob_id else ""


_TEXTS: Mapping[str, Callable[[Persona], str]] = {
    PROMPT: lambda one: one.body,
    "greeting": lambda one: one.greeting,
    "greeting_returning": lambda one: one.greeting_returning or "",
    "voice": lambda one: one.voice_choice.in_words,
    "language": lambda one: one.language,
    "max_minutes": lambda one: str(one.max_minutes),
    "variables": lambda one: "\n".join(
        f"{name} ({variable.type}, {variable.default!r}): {variable.description}"
        for name, variable in sorted(one.variables.items())
    ),
    "lore": lambda one: "\n".join(f"{', '.join(entry.keys)}: {entry.text}" for entry in one.lore),
    "name": lambda one: one.name,
    "tagline": lambda one: one.tagline,
    "author": lambda one: one.author,
    "tags": lambda one: ", ".join(one.tags),
    "llm": lambda one: one.llm or "",
    "color": lambda one: one.color,
}
"""What a character has that members notice, in the order in which it is told."""


def _house_rules(before: Cast, after: Cast) -> Change | None:
    if not after.house_rules or before.house_rules == after.house_rules:
        return None
    return Change(HOUSE_RULES, before.house_rules, after.house_rules, "They stand before every character.")


def _voices(before: Cast, after: Cast, only: set[str]) -> Iterator[Change]:
    if not after.voices:
        return
    for name in sorted(before.voices.keys() | after.voices.keys()):
        old, new = before.voices.get(name), after.voices.get(name)
        users = sorted(
            one.name
            for one in {**before.personas, **after.personas}.values()
            if one.voice.name == name and (not only or one.slug in only)
        )
        if old != new and (users or not only):
            speak = "speak" if len(users) > 1 else "speaks"
            yield Change(name, _voice(old), _voice(new), f"{and_list(users) or 'Nobody'} {speak} with it.")


def _voice(voice: Voice | None) -> str:
    if voice is None:
        return ""
    licence = f", {voice.licence}" if voice.licence else ""
    return f"{voice.voice_id}, {voice.model}, {', '.join(voice.languages)}{licence}"
