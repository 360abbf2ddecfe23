"""Reads the whole folder: voices, house rules and every persona, with the problems of all files at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from bot.cast.admin_files import HOUSE_RULES, VOICES, HouseRules, Voices, read_house_rules, read_voices
from bot.cast.document import Finding
from bot.cast.kept import KeptReads
from bot.domain.errors import PersonaFileError
from bot.domain.lookalikes import fold_freely, is_disguised
from bot.domain.persona import Persona, Slug
from bot.domain.voice import Voice

_NOT_PERSONAS = frozenset({"readme.md", HOUSE_RULES})


@dataclass(frozen=True, slots=True)
class Cast:
    """All personas that are loaded now, what stands before each of them, and what could not be loaded.

    Versions are git blob ids of the sources. ``house_rules`` is empty when the file is missing, which is
    then a problem. ``slugs_on_disk`` has the broken files too. ``advice`` is for the authors, and also of
    files that are broken.
    """

    personas: Mapping[Slug, Persona]
    slugs_on_disk: frozenset[str]
    house_rules: str
    house_rules_source: str
    house_rules_version: str
    voices: Mapping[str, Voice]
    voices_version: str
    voices_source: str
    problems: tuple[PersonaFileError, ...]
    advice: tuple[PersonaFileError, ...] = ()

    @property
    def version(self) -> str:
        """A hash of everything that is played: two casts that have the same are the same."""
        versions = sorted(f"{slug} {one.version}" for slug, one in self.personas.items())
        whole = "\n".join([*versions, self.house_rules_version, self.voices_version])
        return sha256(whole.encode()).hexdigest()


def read_cast(folder: Path, last: Cast | None = None, kept: KeptReads | None = None) -> Cast:
    """Read a folder of personas.

    With ``last``, a file that is broken now keeps the value that it had there; a file that is gone loses it.
    With ``kept``, only files that changed since are read again.
    """
    kept = kept or KeptReads()
    try:
        paths = sorted(path for path in folder.iterdir() if _is_persona(path))
    except OSError as error:
        reason = f"the folder of personas cannot be read ({error.strerror}); check where it should be"
        problem = PersonaFileError(folder, 1, 1, reason)
        return replace(last or _EMPTY, problems=(problem,))
    kept.keep_only(paths)
    voices = read_voices(folder)
    rules = read_house_rules(folder)
    problems = [*_at(folder / HOUSE_RULES, rules.findings), *_at(folder / VOICES, voices.findings)]
    if last is not None and voices.findings:
        voices = Voices(last.voices, last.voices_source, last.voices_version)
    if last is not None and rules.findings:
        rules = HouseRules(last.house_rules, last.house_rules_source, last.house_rules_version)
    reads = {path: kept.read(path, folder, voices) for path in paths}
    held = last.personas if last is not None else {}
    there = [read.persona or held.get(Slug(path.stem)) for path, read in reads.items()]
    clashes = _find_clashes([one for one in there if one], held)
    personas: dict[Slug, Persona] = {}
    advice: list[PersonaFileError] = []
    for path, read in reads.items():
        advice += _at(path, read.advice)
        slug = Slug(path.stem)
        clash = clashes.get(slug) if read.persona else None
        problems += _at(path, [*read.findings, *([clash] if clash else [])])
        if read.persona and not clash:
            personas[slug] = read.persona
        elif slug in held:
            personas[slug] = held[slug]
    return Cast(
        personas=MappingProxyType(personas),
        slugs_on_disk=frozenset(path.stem for path in paths),
        house_rules=rules.text,
        house_rules_source=rules.source,
        house_rules_version=rules.version,
        voices=MappingProxyType(dict(voices.by_name)),
        voices_version=voices.version,
        voices_source=voices.source,
        problems=tuple(problems),
        advice=tuple(advice),
    )


_EMPTY = Cast(MappingProxyType({}), frozenset(), "", "", "", MappingProxyType({}), "", "", ())


def _is_persona(path: Path) -> bool:
    name = path.name.lower()
    return name.endswith(".md") and not name.startswith(".") and name not in _NOT_PERSONAS


def _at(path: Path, findings: Iterable[Finding]) -> list[PersonaFileError]:
    unique = sorted(set(findings))
    return [PersonaFileError(path, finding.line, finding.column, finding.reason) for finding in unique]


def _names(persona: Persona) -> tuple[str, ...]:
    """Return what a character answers to; a name that is written in disguise counts as what it looks like."""
    name = persona.name.casefold()
    return (persona.slug, name, fold_freely(name)) if is_disguised(name) else (persona.slug, name)


def _find_clashes(personas: Iterable[Persona], held: Mapping[Slug, Persona]) -> Mapping[Slug, Finding]:
    """Refuse every character that answers to the name of another one.

    A name is theirs who ``held`` it last, and not theirs who write it in disguise; a slug is its file's.
    """

    def comes_late(one: Persona) -> tuple[bool, bool, str]:
        is_new = one.slug not in held or held[one.slug].name != one.name
        return is_new, is_disguised(one.name.casefold()), one.slug

    ordered = sorted(personas, key=comes_late)
    answering: dict[str, Persona] = {one.slug: one for one in ordered}
    clashes: dict[Slug, Finding] = {}
    for one in ordered:
        other = next((answering[name] for name in _names(one) if answering.get(name, one) is not one), None)
        if other is not None:
            sentence = f"{other.slug}.md answers to {one.name!r} already; choose another name"
            clashes[one.slug] = Finding(1, 1, sentence)
            continue
        answering |= dict.fromkeys(_names(one), one)
    return clashes
