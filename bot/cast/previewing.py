"""What a change to the cast will be like, as Markdown for those who write characters and not programs.

Whatever is from a file is escaped: it may be by anybody.
"""

from collections.abc import Iterator, Sequence

from bot.cast.admin_files import HOUSE_RULES
from bot.cast.comparing import PROMPT, Change, Changed, Difference, Reading
from bot.domain.errors import PersonaFileError
from bot.domain.initiation import Occasion
from bot.domain.linewise import diff_lines
from bot.domain.markdown import escape_markdown, fenced
from bot.domain.persona import Persona
from bot.domain.reaching import reach_in_words
from bot.domain.rehearsing import rehearse_samples
from bot.domain.tokens import HOW_ESTIMATED, estimate_tokens
from bot.domain.words import plural

MOST_BYTES = 900_000
"""GitHub takes 1 MiB of summary from a step, and shows nothing of more."""
MOST_DIFF_LINES = 200
MOST_ADVICE = 5
MOST_OPEN_LINES = 40

_KINDS = {"added": "new", "changed": "changed", "removed": "removed", "broken": "cannot go live yet"}
_LABELS = {
    "greeting": "What it says first",
    "greeting_returning": "What it says to somebody who comes back",
    "max_minutes": "Longest call, in minutes",
    "llm": "Language model",
    PROMPT: "The prompt",
    HOUSE_RULES: "The house rules",
}


def preview(found: Difference, after: Reading, occasion: Occasion, *, most_bytes: int = MOST_BYTES) -> str:
    """Return the whole preview, of ``most_bytes`` at most; what has no room in it is counted."""
    parts, last = ["# What this changes in the cast", *_summary(found)], list(_common(found))
    size = sum(len(part.encode()) + 2 for part in (*parts, *last))
    for number, one in enumerate(found.characters):
        part = "\n\n".join(_about(one, after, occasion))
        size += len(part.encode()) + 2
        if size > most_bytes:
            left = plural(len(found.characters) - number, "character")
            parts.append(f"… and {left} more: there is no room here. `troupe personas diff` shows all.")
            break
        parts.append(part)
    return "\n\n".join([*parts, *last]) + "\n"


def _summary(found: Difference) -> Iterator[str]:
    if found.is_empty:
        yield "Nothing that members notice."
    kinds = [one.kind for one in found.characters]
    counts = [f"{kinds.count(kind)} {words}" for kind, words in _KINDS.items() if kind in kinds]
    if counts:
        yield f"{plural(len(kinds), 'character')}: {', '.join(counts)}."
    privacy = [change for one in found.characters for change in one.changes if change.is_wider]
    if privacy:
        count = plural(len(privacy), "character")
        more = "more of what members say is read than before"
        yield f"**Privacy: because of {count}, {more}. See first below.**"
    for problem in found.problems:
        yield f"**No character can be judged:** {_problem(problem)}"
    if found.house_rules:
        yield "**The house rules change, for every character.**"


def _common(found: Difference) -> Iterator[str]:
    """Say what became of the files that all have in common."""
    if found.house_rules:
        yield f"## House rules\n\n{_lines(found.house_rules)}"
    if found.voices:
        lines = [
            f"- **{escape_markdown(one.what)}:** {_from_to(one)} {escape_markdown(one.meaning)}"
            for one in found.voices
        ]
        yield "\n".join(["## Voices\n", *lines])


def _about(one: Changed, after: Reading, occasion: Occasion) -> Iterator[str]:
    yield f"## {escape_markdown(one.name)} ({_KINDS[one.kind]})"
    for change in one.changes:
        if change.is_privacy:
            yield _privacy(change)
    if one.kind == "broken":
        yield _broken(one)
    yield from _what_changes(one)
    if one.after is not None:
        if one.kind == "changed" and one.changes:
            yield "**As it is now, all of it**"
        yield _card(one.after, after, says_memory=not any(change.is_privacy for change in one.changes))
        yield from _first_words(one.after, after, occasion)
    yield from _advice([said for said in after.cast.advice if said.path.name == f"{one.slug}.md"])


def _what_changes(one: Changed) -> Iterator[str]:
    """Say what is another now; of a long text only a short difference is open to see."""
    others = [change for change in one.changes if not change.is_privacy]
    if others:
        yield "**What changes**"
        yield "\n".join(_change(change) for change in others if not change.is_text) or "Its prompt."
        for change in (one for one in others if one.is_text):
            if len(diff_lines(change.before, change.after)) > MOST_OPEN_LINES:
                yield f"<details><summary>{_LABELS[change.what]}, line by line</summary>"
                yield _lines(change)
                yield "</details>"
            else:
                yield f"{_LABELS[change.what]}, line by line:\n\n{_lines(change)}"
    elif one.kind == "changed" and not one.changes:
        yield "Only the form of the file is another; members notice nothing."


def _privacy(change: Change) -> str:
    sign = "⚠️ " if change.is_wider else ""
    return f"**{sign}Privacy:** {change.reach}. {escape_markdown(change.meaning)}"


def _broken(one: Changed) -> str:
    name = escape_markdown(one.name)
    reasons = [f"- {_problem(problem, name_file=False)}" for problem in one.problems]
    if not reasons:
        return f"{name} cannot go live yet, because a file that every character needs is broken."
    return "\n".join([f"{name} cannot go live yet:\n", *reasons])


def _advice(found: Sequence[PersonaFileError]) -> Iterator[str]:
    """Say in one paragraph what would make a character better; the check names all of it."""
    if found:
        said = " ".join(_problem(one, name_file=False) for one in found[:MOST_ADVICE])
        more = f" And {len(found) - MOST_ADVICE} more." if len(found) > MOST_ADVICE else ""
        yield f"**Worth a thought, and stops nothing:** {said}{more}"


def _problem(problem: PersonaFileError, *, name_file: bool = True) -> str:
    file = f"{escape_markdown(problem.path.name)}, " if name_file else ""
    return f"{file}line {problem.line}: {_sentence(problem.reason)}"


def _card(persona: Persona, after: Reading, *, says_memory: bool) -> str:
    memory = reach_in_words(persona.name, persona.memory, after.sharers(persona.slug))
    facts = {
        "Who": persona.tagline,
        "By": persona.author,
        "Voice": persona.voice_choice.name,
        "Language": persona.language,
        "Longest call": plural(persona.max_minutes, "minute"),
        "Tags": ", ".join(persona.tags),
        "What it may remember, and who else reads it": memory if says_memory else "",
    }
    return "\n".join(f"- **{label}:** {escape_markdown(text)}" for label, text in facts.items() if text)


def _first_words(persona: Persona, after: Reading, occasion: Occasion) -> Iterator[str]:
    names: dict[str, str] = {slug: one.name for slug, one in after.cast.personas.items()}
    if not after.cast.house_rules:
        return
    new, returning = rehearse_samples(persona, after.cast.house_rules, occasion, names)
    for words, told in (("somebody new", new), ("somebody who comes back", returning)):
        yield f"To {words}, here a made-up member, it says:\n\n> {escape_markdown(told.first_message)}"
    own = estimate_tokens(persona.body)
    yield (
        f"Its prompt is about {returning.tokens:,} tokens, {own:,} of them its own; "
        f"every turn of a call reads all of them again ({HOW_ESTIMATED})."
    )


def _change(change: Change) -> str:
    label = _LABELS.get(change.what, change.what.capitalize())
    return f"- **{label}:** {_from_to(change)}"


def _from_to(change: Change) -> str:
    before, after = escape_markdown(change.before), _sentence(change.after)
    if not change.before:
        return f"new: {after}"
    return f"{before} → {after}" if change.after else f"{before} is taken away."


def _sentence(text: str) -> str:
    """Return words that end like a sentence, whatever they end with."""
    return escape_markdown(text) + ("" if text.rstrip().endswith((".", "?", "!", "…")) else ".")


def _lines(change: Change) -> str:
    lines: Sequence[str] = diff_lines(change.before, change.after)
    if len(lines) > MOST_DIFF_LINES:
        left = plural(len(lines) - MOST_DIFF_LINES, "line")
        lines = [*lines[:MOST_DIFF_LINES], f"… and {left} more"]
    return fenced("\n".join(lines), "diff")
