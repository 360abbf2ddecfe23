"""One talk as a file for its owner: a text that reads like a dialogue, or JSON that ``/import`` takes."""

import re
from collections.abc import AsyncIterator, Mapping

from bot.calls import mailboxes, remembering
from bot.calls.exporting import export_talk
from bot.calls.installation import Installation
from bot.domain.context import one_line
from bot.domain.dialogue import dialogue
from bot.domain.errors import CallerError, CallNotFound
from bot.domain.record import PastTalk
from bot.domain.reply import Ask, Card, Choice, Download, Reply
from bot.domain.variables import strip_control
from bot.domain.words import NEUTRAL_COLOR, SHORT_ID_CHARS, length, moment
from bot.fronts.languages.catalogue import Catalogue, catalogue_for
from bot.fronts.lines import talk_line
from bot.fronts.taking import WHO_MAY_READ_IT, is_asked_first
from bot.fronts.whole import as_text

TEXT, JSON = "text", "json"
_ENDINGS: Mapping[str, str] = {TEXT: "txt", JSON: "json"}
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9-]")
_NAME_CHARS = 32
_WAY_BACK = ("page", "character", "search")
_TITLE_CHARS, _SUMMARY_CHARS = 300, 10_000


def file_choices(ask: Ask, talk: PastTalk) -> list[Choice]:
    """Return the buttons under a transcript that make files of it; none before its owner said it was them."""
    if talk.held:
        return []
    asked = {"call": talk.id, **_asked_from(ask)}
    return [
        Choice("As a text file", "history", {**asked, "as": TEXT}, begins_row=True),
        Choice("As a JSON file", "history", {**asked, "as": JSON}),
    ]


def way_back(ask: Ask) -> list[Choice]:
    """Return the button that leads from a transcript to the page that it was opened from."""
    asked = _asked_from(ask)
    return [Choice("◀ Back to the calls", "history", asked, replaces=True)] if asked else []


def no_words(house: Installation, ask: Ask, talk: PastTalk, names: Mapping[str, str]) -> Reply:
    """Return what is said of a talk of which no words are kept."""
    text = f"No words of {talk.id[:SHORT_ID_CHARS]} are kept: {talk_line(house, talk, names)}."
    return Reply(text, choices=tuple(way_back(ask)))


async def send(house: Installation, ask: Ask) -> Reply:
    """Answer with a past talk as a file; where somebody else may read it there, ask first.

    Raises CallNotFound, and CallerError for a talk that its owner did not say was theirs.
    """
    past_id, form = ask.arguments.get("call", ""), ask.arguments.get("as", TEXT)
    talk, turns, names = await remembering.see_transcript(house, ask.caller, past_id)
    if talk.held:
        raise CallerError("Say first that this talk was yours; it can be taken along then.")
    if not turns:
        return no_words(house, ask, talk, names)
    back = tuple(way_back(ask))
    if is_asked_first(ask):
        sure = {**ask.arguments, "sure": "yes"}
        yes = Choice("Send me the file", "history", sure, replaces=True)
        no = Choice("Don't send it", "dismiss", replaces=True)
        card = Card("Shall I send you this talk?", WHO_MAY_READ_IT, NEUTRAL_COLOR)
        return Reply(cards=(card,), choices=(yes, no, *back))
    said = "This is what was said, and nothing else. Keep it safe: /forget cannot erase a file that you have."
    slug = _NOT_IN_A_NAME.sub("", talk.slug)[:_NAME_CHARS] or "talk"
    day = f"{talk.at.astimezone(house.terms.timezone):%Y-%m-%d}"
    name = f"troupe-{slug}-{day}.{_ENDINGS.get(form, _ENDINGS[TEXT])}"
    if form == JSON:
        said += " /import reads it again."
        return Reply(
            said, choices=back, download=Download(name, lambda: export_talk(house, ask.caller, talk))
        )
    return Reply(said, choices=back, download=Download(name, lambda: _as_dialogue(house, ask, talk.id)))


async def _as_dialogue(house: Installation, ask: Ask, past_id: str) -> AsyncIterator[bytes]:
    """Yield a talk as a text in its owner's language. Raises CallNotFound where it was erased meanwhile."""
    talk, turns, names = await remembering.see_transcript(house, ask.caller, past_id)
    if not turns:
        raise CallNotFound("Nothing of that call is left: it was erased.")
    mailbox = await mailboxes.see_mailbox(house, ask.caller.account)
    name = one_line(names.get(talk.slug, talk.slug), 64) or "AI"
    own = one_line(ask.caller.name, 64) or "You"
    yield (_heading(house, talk, name, catalogue_for(mailbox.locale)) + "\n").encode()
    for line in dialogue(turns, own, name):
        yield line.encode(errors="replace")


def _heading(house: Installation, talk: PastTalk, name: str, catalogue: Catalogue) -> str:
    zone = house.terms.timezone
    when = f"{moment(talk.at.astimezone(zone))} ({zone.key})"
    lasted = f" · {length(talk.duration_seconds)}" if talk.duration_seconds else ""
    summary = "In your words" if talk.is_extract else "Summary"
    fields = (
        ("About", one_line(talk.title, _TITLE_CHARS)),
        (summary, one_line(talk.summary, _SUMMARY_CHARS)),
    )
    told = tuple((label, text) for label, text in fields if text)
    card = Card(f"With {name}", f"{when}{lasted}", fields=told, has_verbatim_fields=True)
    return as_text(Reply(cards=(card,)), lambda text: strip_control(catalogue.say(text)))


def _asked_from(ask: Ask) -> dict[str, str]:
    """Return which page of the history a talk was opened from, nothing where from none."""
    if not ask.arguments.get("page"):
        return {}
    return {name: ask.arguments[name] for name in _WAY_BACK if ask.arguments.get(name)}
