"""Reads the two files that belong to admins: ``voices.yaml`` and ``house-rules.md``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from bot.cast.document import Document, Finding, line_and_column
from bot.cast.files import FileRefused, normal, read_text
from bot.cast.sentences import voice_findings
from bot.domain.persona import git_blob_id
from bot.domain.placeholders import check_placeholders, tidy_placeholders
from bot.domain.voice import Voice

VOICES = "voices.yaml"
HOUSE_RULES = "house-rules.md"


@dataclass(frozen=True, slots=True)
class Voices:
    """The voices that are fit for use, the file's text and version, and what is wrong with the others."""

    by_name: Mapping[str, Voice] = field(default_factory=dict)
    source: str = ""
    version: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class HouseRules:
    """What stands before every persona's body, and the file's text; both empty when there is a finding."""

    text: str = ""
    source: str = ""
    version: str = ""
    findings: tuple[Finding, ...] = ()


def read_voices(folder: Path) -> Voices:
    """Read ``voices.yaml``: voice names, each with id, model, languages, licence and preview."""
    try:
        source = read_text(folder / VOICES, folder)
    except FileRefused as refused:
        return Voices(findings=(refused.finding,))
    document = Document(normal(source))
    findings = list(document.findings)
    by_name: dict[str, Voice] = {}
    for name, entry in document.data.items():
        voice, wrong = _read_voice(name, entry, document)
        findings += wrong
        if voice:
            by_name[name] = voice
    if not document.data and not findings:
        findings.append(Finding(1, 1, "there is no voice in this file; add one"))
    return Voices(by_name, source, git_blob_id(source.encode()), tuple(findings))


def read_house_rules(folder: Path) -> HouseRules:
    """Read ``house-rules.md``; without it no character may speak."""
    try:
        source = read_text(folder / HOUSE_RULES, folder)
    except FileRefused as refused:
        return HouseRules(findings=(refused.finding,))
    text = normal(source)
    findings = [
        Finding(*line_and_column(text, misplaced.offset), misplaced.reason)
        for misplaced in check_placeholders(text, "house rules")
    ]
    if not text.strip():
        findings.append(Finding(1, 1, "the house rules are empty; write what holds for every character"))
    if findings:
        return HouseRules(findings=tuple(findings))
    return HouseRules(tidy_placeholders(text.strip()), source, git_blob_id(source.encode()))


def _read_voice(name: str, entry: object, document: Document) -> tuple[Voice | None, list[Finding]]:
    if not isinstance(entry, dict):
        reason = f"voice {name!r} must be a group of 'key: value' lines, indented by two spaces"
        return None, [Finding(*document.spot([name]), reason)]
    if "name" in entry:
        reason = "unknown key 'name'; the voice's name is the key above"
        return None, [Finding(*document.spot([name, "name"], of_key=True), reason)]
    try:
        voice = Voice.model_validate({**entry, "name": name})
    except ValidationError as error:
        return None, list(voice_findings(error, document, name))
    wrong = [
        Finding(*document.spot([name, "languages", number]), reason)
        for number, language in enumerate(voice.languages)
        if (reason := voice.model_refusal(language))
    ]
    return (None if wrong else voice), wrong
