"""Reads one persona file: front matter, body, placeholders, voice, picture; everything wrong at once."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from pydantic import ValidationError

from bot.cast.advising import advise_on_front_matter, advise_on_text
from bot.cast.document import Document, Finding, line_and_column
from bot.cast.files import FileRefused, normal, picture_findings, read_text
from bot.cast.sentences import persona_findings
from bot.cast.template import Answers, find_unwritten, unwritten_reason
from bot.domain.nearest import nearest
from bot.domain.overruling import find_overruling
from bot.domain.persona import MAX_BODY_CHARS, FrontMatter, Persona, Slug, is_slug, suggest_slug
from bot.domain.placeholders import Place, check_placeholders, tidy_placeholders, with_context
from bot.domain.voice import Voice

_FENCE = re.compile(r"---[ \t]*")
_ALMOST_FENCE = re.compile(r"\s*(?:-{2,}|[–—]+|\*{3,}|_{3,}|={3,})\s*")
_DATA_KEY = re.compile(rf"(?:{'|'.join(FrontMatter.model_fields)})\s*:")
_MOST_LINES_BEFORE = 12
_HEADING = re.compile(r"#+ +(?:Personality|Environment|Tone|Goal|Guardrails|What you know)\b", re.IGNORECASE)
_TEMPLATE = Answers()


@dataclass(frozen=True, slots=True)
class PersonaFile:
    """What one file gave: a persona, or the findings that prevent it; both are empty without its voice.

    ``advice`` is what would make it better, and prevents nothing.
    """

    persona: Persona | None
    findings: tuple[Finding, ...]
    advice: tuple[Finding, ...] = ()


@dataclass(slots=True)
class _Parts:
    front: str
    body: str
    body_line: int
    findings: list[Finding] = field(default_factory=list)


def read_persona(
    path: Path, folder: Path, voices: Mapping[str, Voice], *, voices_are_known: bool
) -> PersonaFile:
    """Read and check a persona file.

    When ``voices_are_known`` is false, ``voices.yaml`` is broken itself and a missing voice is not held
    against the persona.
    """
    try:
        source = read_text(path, folder)
        parts = _split(normal(source))
    except FileRefused as refused:
        return PersonaFile(None, (*_slug_findings(path), refused.finding))
    document = Document(parts.front, before=1)
    findings = [*_slug_findings(path), *document.findings, *parts.findings]
    front = None
    if document.is_readable:
        front = _front_matter(document, findings)
        findings += _text_findings(document)
        findings += _overruling_findings(document, [], document.data)
        findings += _unwritten_findings(document)
    findings += _body_findings(parts, _declared(document))
    voice = voices.get(front.voice.name) if front else None
    advice = [*advise_on_text(parts.body, parts.body_line)]
    if document.is_readable:
        advice += advise_on_front_matter(document, voice.model if voice else "")
    if front is None:
        if voices_are_known:
            findings += _unknown_voice_findings(document, findings, voices)
        return PersonaFile(None, tuple(findings), tuple(advice))
    if front.picture:
        findings += picture_findings(front.picture, folder, document.spot(["picture"]))
    if voice is None and voices_are_known:
        spot = document.spot(["voice", "name"])
        findings.append(Finding(*spot, _unknown_voice(front.voice.name, voices)))
    elif voice is not None and voice.refusal(front.language):
        spot = document.spot(["language" if "language" in document.data else "voice"])
        findings.append(Finding(*spot, voice.refusal(front.language)))
    if findings or voice is None:
        return PersonaFile(None, tuple(findings), tuple(advice))
    body = with_context(tidy_placeholders(parts.body))
    slug = Slug(path.stem)
    persona = Persona.from_file(front, slug=slug, voice=voice, body=body, source=source)
    return PersonaFile(persona, (), tuple(advice))


def front_matter_of(source: str) -> Document:
    """Return the data of a persona that was read before, to find out where something stands in it."""
    return Document(_split(normal(source)).front, before=1)


def _slug_findings(path: Path) -> Iterator[Finding]:
    if path.suffix != ".md" or not is_slug(path.stem):
        rule = "a persona's file name is 1 to 32 small letters, digits and -, then .md"
        yield Finding(1, 1, f"{rule}; rename it, for example to {suggest_slug(path.stem) or 'wizard'}.md")


def _split(text: str) -> _Parts:
    lines = text.split("\n")
    if not _FENCE.fullmatch(lines[0]):
        raise FileRefused(_how_to_begin(lines))
    end = next((number for number, line in enumerate(lines[1:], 1) if _FENCE.fullmatch(line)), None)
    if end is None:
        raise FileRefused(*_how_to_end(lines))
    body = "\n".join(lines[end + 1 :])
    parts = _Parts("\n".join(lines[1:end]), body.strip(), end + 2)
    parts.body_line += len(body[: len(body) - len(body.lstrip())].split("\n")) - 1
    if not parts.body:
        parts.findings.append(
            Finding(end + 1, 1, "the body is empty; write who the character is below the second ---")
        )
    elif len(parts.body) > MAX_BODY_CHARS:
        reason = f"the body is too long; use at most {MAX_BODY_CHARS:,} characters"
        parts.findings.append(Finding(parts.body_line, 1, reason))
    return parts


def _how_to_begin(lines: Sequence[str]) -> str:
    if lines[0].lstrip().startswith(("```", "~~~")):
        return (
            f"take out this line {lines[0].strip()[:20]}, and the one that ends it; the file begins with ---"
        )
    first = next((number for number, line in enumerate(lines, 1) if _FENCE.fullmatch(line)), None)
    if first and any(_DATA_KEY.match(line) for line in lines[: first - 1]):
        return "the first line must be ---; add a line --- at the very top"
    if first and first <= _MOST_LINES_BEFORE:
        return f"the first line must be ---; take out what stands before line {first}"
    return "the front matter is missing; begin the file with a line --- and end the data with another"


def _how_to_end(lines: Sequence[str]) -> tuple[str, int]:
    """Return what to do, and the line where the data seems to end; 1 if it is nowhere to be seen."""
    for number, line in enumerate(lines[1:], 2):
        if _ALMOST_FENCE.fullmatch(line):
            return (
                f"the data ends with a line of exactly ---, and this is {line.strip()[:20]}; correct it",
                number,
            )
        if _HEADING.match(line):
            return (
                "the front matter is never closed; add a line --- between the data and this heading",
                number,
            )
    return "the front matter that begins here is never closed; add a line --- after the data", 1


def _front_matter(document: Document, findings: list[Finding]) -> FrontMatter | None:
    taken = {(finding.line, finding.column) for finding in findings}
    try:
        front = FrontMatter.model_validate(document.data)
    except ValidationError as error:
        new = persona_findings(error, document)
        findings += [finding for finding in new if (finding.line, finding.column) not in taken]
        return None
    texts = {
        name: tidy_placeholders(text)
        for name in ("greeting", "greeting_returning")
        if (text := getattr(front, name))
    }
    lore = tuple(entry.model_copy(update={"text": tidy_placeholders(entry.text)}) for entry in front.lore)
    return front.model_copy(update={**texts, "lore": lore})


def _text_findings(document: Document) -> Iterator[Finding]:
    """Check the greetings and the lore, even when other keys are wrong."""
    texts: list[tuple[list[str | int], object]] = [
        (["greeting"], document.data.get("greeting")),
        (["greeting_returning"], document.data.get("greeting_returning")),
    ]
    lore = document.data.get("lore")
    for number, entry in enumerate(lore if isinstance(lore, list) else []):
        if isinstance(entry, dict):
            texts.append((["lore", number, "text"], entry.get("text")))
    for loc, text in texts:
        if isinstance(text, str):
            place: Place = "lore" if loc[0] == "lore" else "greeting"
            for misplaced in check_placeholders(text, place, _declared(document)):
                yield Finding(*document.spot_of_placeholder(loc, misplaced.number), misplaced.reason)


def _overruling_findings(document: Document, loc: list[str | int], value: object) -> Iterator[Finding]:
    """Look through every text of the front matter, however deep it stands."""
    if isinstance(value, str):
        for _, reason in islice(find_overruling(value), 1):
            yield Finding(*document.spot(loc), reason)
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from _overruling_findings(document, [*loc, key], one)


def _unwritten_findings(document: Document) -> Iterator[Finding]:
    """Point at what members would see and nobody has filled in."""
    for key in ("tagline", "author"):
        text = document.data.get(key)
        if text == getattr(_TEMPLATE, key):
            yield Finding(*document.spot([key]), unwritten_reason(text))


def _declared(document: Document) -> Collection[str]:
    variables = document.data.get("variables")
    return variables if isinstance(variables, dict) else ()


def _body_findings(parts: _Parts, declared: Collection[str]) -> Iterator[Finding]:
    found = [(one.offset, one.reason) for one in check_placeholders(parts.body, "body", declared)]
    for offset, reason in [*found, *find_overruling(parts.body), *find_unwritten(parts.body)]:
        line, column = line_and_column(parts.body, offset)
        yield Finding(line + parts.body_line - 1, column, reason)


def _unknown_voice_findings(
    document: Document, findings: Sequence[Finding], voices: Mapping[str, Voice]
) -> Iterator[Finding]:
    """Look the voice up though other keys are wrong."""
    choice = document.data.get("voice")
    name = choice.get("name") if isinstance(choice, dict) else choice
    spot = document.spot(["voice", "name"])
    if (
        isinstance(name, str)
        and name not in voices
        and spot not in {(one.line, one.column) for one in findings}
    ):
        yield Finding(*spot, _unknown_voice(name, voices))


def _unknown_voice(name: str, voices: Mapping[str, Voice]) -> str:
    match = nearest(name, voices)
    known = ", ".join(sorted(voices))
    return f"unknown voice {name!r}; " + (f"did you mean {match!r}?" if match else f"voices.yaml has {known}")
