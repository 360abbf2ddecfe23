"""The commands about what is kept: history, import and forget."""

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.calls import accounts, erasing, facts, linking, remembering
from bot.calls.installation import Installation
from bot.domain.call import Call, CallState
from bot.domain.context import one_line
from bot.domain.errors import CallNotFound
from bot.domain.linking import accounts_in_words
from bot.domain.record import PastTalk
from bot.domain.reply import Ask, Card, Choice, Reply
from bot.domain.words import (
    DANGER_COLOR,
    NEUTRAL_COLOR,
    SHORT_ID_CHARS,
    plural,
)
from bot.fronts import searching, transcripts
from bot.fronts.arguments import read_page
from bot.fronts.lines import cancel_choices, talk_line

PAGE = 5
EVERYTHING = "everything"
_ID = re.compile(r"[0-9a-f]{4,32}")
WHAT_STAYS = (
    "Only two things stay, under no name: that a number is never called if somebody there said so, and what "
    "you used of this month's allowance. "
)


async def history(house: Installation, ask: Ask) -> Reply:
    """Answer ``/history``: a page of the caller's talks, of those with one character, or one transcript."""
    past_id, character = ask.arguments.get("call", ""), ask.arguments.get("character", "")
    if past_id:
        return await _past(house, ask, past_id)
    if ask.arguments.get("search", "").strip():
        return await searching.search(house, ask)
    scheduled = await accounts.see_scheduled(house, ask.caller)
    page = read_page(ask.arguments.get("page", ""))
    read = page * PAGE + 1 + len(scheduled)
    past = await remembering.see_history(house, ask.caller, character, limit=read)
    if character and not past.talks and past.slug not in past.names:
        if not _ID.fullmatch(character.strip().lower()):
            house.cast.get(character)
        return await _transcript(house, ask, character)
    scheduled = tuple(talk for talk in scheduled if past.slug in {"", talk.slug})
    over = tuple(talk for talk in past.talks if talk.call is None or not _is_scheduled(talk.call))
    if not scheduled and not over:
        return Reply("There are no calls yet. /characters shows whom you can call.")
    page = min(page, max(1, -(-len(over) // PAGE)))
    cards, choices = [], []
    if scheduled and page == 1:
        fields = _lines(house, scheduled, past.names)
        footer = "Cancelling gives the minutes back; /call schedules it again."
        cards.append(Card("Scheduled calls", color=NEUTRAL_COLOR, fields=fields, footer=footer))
        choices += cancel_choices(house, scheduled, past.names)
    if over:
        shown, is_last = over[(page - 1) * PAGE : page * PAGE], len(over) <= page * PAGE
        fields = _lines(house, shown, past.names)
        last = f"Page {page}, the last." if page > 1 else ""
        footer = last if is_last else f"Page {page}; “Older calls” shows more."
        cards.append(Card("Your calls, newest first", color=NEUTRAL_COLOR, fields=fields, footer=footer))
        choices += _page_choices(shown, page, past.slug, is_last=is_last)
    return Reply(cards=tuple(cards), choices=tuple(choices))


async def _past(house: Installation, ask: Ask, past_id: str) -> Reply:
    """Answer what is asked about one talk: its summary, its words as a file, or its words."""
    if ask.arguments.get("do") == "summary":
        return await remembering.see_summary(house, ask.caller, past_id)
    if ask.arguments.get("as"):
        return await transcripts.send(house, ask)
    return await _transcript(house, ask, past_id)


def _page_choices(shown: tuple[PastTalk, ...], page: int, slug: str, *, is_last: bool) -> list[Choice]:
    """Return a button for each transcript, which knows the way back to this page, and those that turn it."""
    of_whom = {"character": slug} if slug else {}
    choices = [
        Choice(
            f"Transcript {talk.id[:SHORT_ID_CHARS]}",
            "history",
            {"call": talk.id, "page": str(page), **of_whom},
        )
        for talk in shown
        if talk.talk_id
    ]
    if page > 1:
        newer = {"page": str(page - 1), **of_whom}
        choices.append(Choice("◀ Newer calls", "history", newer, replaces=True, begins_row=True))
    if not is_last:
        older = {"page": str(page + 1), **of_whom}
        choices.append(Choice("Older calls ▶", "history", older, replaces=True, begins_row=page == 1))
    return choices


def _is_scheduled(call: Call) -> bool:
    return call.state is CallState.SCHEDULED


def _lines(
    house: Installation, talks: tuple[PastTalk, ...], names: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    return tuple((talk.id[:SHORT_ID_CHARS], talk_line(house, talk, names)) for talk in talks)


async def _transcript(house: Installation, ask: Ask, past_id: str) -> Reply:
    talk, turns, names = await remembering.see_transcript(house, ask.caller, past_id)
    name = names.get(talk.slug, talk.slug) or "AI"
    line = talk_line(house, talk, names)
    if not turns and talk.call is not None and not talk.call.state.is_over:
        cancel = cancel_choices(house, (talk,), names) if _is_scheduled(talk.call) else []
        text = f"Nothing of {talk.id[:SHORT_ID_CHARS]} came home yet: {line}."
        return Reply(text, choices=(*cancel, *transcripts.way_back(ask)))
    if not turns:
        return transcripts.no_words(house, ask, talk, names)
    choices = [Choice("Forget it", "forget", {"what": talk.id}, is_danger=True)]
    if talk.slug in names and not talk.held:
        goes_on = {"character": talk.slug, "continue": talk.id}
        choices.insert(0, Choice("Go on from here", "call", goes_on))
    if talk.slug in names:
        choices.insert(0, Choice(f"Call {name} again", "call", {"character": talk.slug}))
    if talk.held:
        choices.insert(0, Choice("This was me, remember it", "keep", {"call": talk.id}))
    own = one_line(ask.caller.name, 64) or "You"
    said = "\n".join(f"{own if turn.role == 'user' else name}: {turn.text}" for turn in turns)
    if talk.slug in names and talk.call is not None and (ask.caller.channel or talk.call.channel):
        choices.append(Choice("Share a line", "share", {"call": talk.id}))
    choices += [*transcripts.file_choices(ask, talk), *transcripts.way_back(ask)]
    card = Card(f"With {name}", said, NEUTRAL_COLOR, footer=line, picture=talk.slug, is_verbatim=True)
    return Reply(cards=(card,), choices=tuple(choices), can_be_a_file=True)


async def keep(house: Installation, ask: Ask) -> Reply:
    """Answer the button that says "this was me" about a held conversation."""
    talk = await remembering.keep(house, ask.caller, ask.arguments.get("call", ""))
    return Reply(f"Thank you. {talk.id[:SHORT_ID_CHARS]} is remembered.")


async def forget(house: Installation, ask: Ask) -> Reply:
    """Answer ``/forget``: ask what, name what will go, and erase it once that is confirmed."""
    what, sure = ask.arguments.get("what", ""), ask.arguments.get("sure") == "yes"
    if not what:
        return _forget_what(house)
    if what.casefold() == EVERYTHING:
        return await _forget_everything(house, ask, sure=sure)
    past = await remembering.see_history(house, ask.caller, what, limit=100_000)
    if past.talks or past.slug in past.names or await facts.has_facts(house, ask.caller, past.slug):
        return await _forget_character(house, ask, past, sure=sure)
    try:
        talk = await remembering.find_past_talk(house, ask.caller, what)
    except CallNotFound:
        word = one_line(what, 40)
        raise CallNotFound(
            f"There is neither a call nor a character “{word}”. /forget alone lets you choose."
        ) from None
    if sure:
        return await erasing.forget_talk(house, ask.caller, talk.id)
    which = "your call with" if talk.call is not None else "what you imported:"
    return _are_you_sure(f"{which} {talk_line(house, talk, past.names)}", (talk,), talk.id)


def _forget_what(house: Installation) -> Reply:
    choices = [Choice("Everything", "forget", {"what": EVERYTHING})]
    choices += [Choice(f"All with {one.name}", "forget", {"what": one.slug}) for one in house.cast.all()]
    return Reply(
        "What shall be forgotten? For one call: /forget and its id from /history.", (), tuple(choices)
    )


async def _forget_everything(house: Installation, ask: Ask, *, sure: bool) -> Reply:
    linked = (await linking.see_linked(house, ask.caller)).sharing
    if sure and ask.arguments.get("accounts", "0") == str(len(linked)):
        receipt = await erasing.forget_everything(house, ask.caller, linked)
        also = f" That includes {accounts_in_words(linked)}." if linked else ""
        return replace(receipt, text=f"{receipt.text}{also}")
    past = await remembering.see_history(house, ask.caller, limit=100_000)
    what = (
        "everything: all calls and imports, your profile, what characters were to know about you, your "
        "answers, your phone and your account"
    )
    if linked:
        what += f", and the same of {accounts_in_words(linked)}, with whom memory is shared"
    return _are_you_sure(what, past.talks, EVERYTHING, WHAT_STAYS, named=len(linked))


async def _forget_character(house: Installation, ask: Ask, past: remembering.History, *, sure: bool) -> Reply:
    if sure:
        return await erasing.forget_character(house, ask.caller, past.slug)
    name = past.names.get(past.slug, past.slug)
    return _are_you_sure(
        f"all with {name}, what was said in it and what {name} was to know about you",
        past.talks,
        past.slug,
    )


def what_it_erases(what: str, talks: tuple[PastTalk, ...]) -> str:
    """Say how much is erased with these talks, and that it is at ElevenLabs as well."""
    turns = sum(talk.turn_count for talk in talks)
    calls = sum(talk.call is not None for talk in talks)
    found = ((calls, "call"), (len(talks) - calls, "import"), (turns, "turn"))
    counted = ", ".join(plural(count, noun) for count, noun in found if count) or "nothing was said yet"
    waiting = sum(talk.call is not None and _is_scheduled(talk.call) for talk in talks)
    lost = f" {plural(waiting, 'scheduled call')} will not ring then." if waiting else ""
    return f"This erases {what}: {counted}.{lost} Calls are erased at ElevenLabs as well."


def _are_you_sure(
    what: str, talks: tuple[PastTalk, ...], argument: str, stays: str = "", *, named: int = 0
) -> Reply:
    text = f"{what_it_erases(what, talks)} {stays}It cannot be undone."
    sure = {"what": argument, "sure": "yes"} | ({"accounts": str(named)} if named else {})
    choices = (
        Choice("Erase it", "forget", sure, replaces=True, is_danger=True),
        Choice("Keep it", "dismiss", replaces=True),
    )
    return Reply(cards=(Card("Are you sure?", text, DANGER_COLOR),), choices=choices)
