"""One call in one line, as history and account show it."""

from collections.abc import Mapping

from bot.calls.installation import Installation
from bot.domain.call import Call, CallState, Delivery
from bot.domain.context import one_line, quoted
from bot.domain.linking import where_in_words
from bot.domain.record import PastTalk
from bot.domain.reply import Choice
from bot.domain.words import SHORT_ID_CHARS, length, moment, plural, when
from bot.fronts.clipping import clip

CANCEL_BUTTONS = 5
BEFORE = "Before your first call"
"""The title of the card that says what is kept."""
START_FRESH = "Start fresh, and keep nothing"

_BY_PHONE = {
    CallState.ASKED: "about to ring",
    CallState.DIALING: "the phone is being rung",
    CallState.UNKNOWN: "it is not clear whether it rang; that is being looked up",
    CallState.LIVE: "rings, or is going on",
}
_BY_LINK = {
    CallState.ASKED: "link not used yet",
    CallState.LIVE: "running, or about to come in",
    CallState.EXPIRED: "link not used in time",
}


def talk_line(house: Installation, talk: PastTalk, names: Mapping[str, str]) -> str:
    """Return one talk: with whom, when, how it went, where if it was at a linked account, about what."""
    name = names.get(talk.slug, talk.slug) or "for every character"
    zone = house.terms.timezone
    title = talk.title or (talk.call.topic if talk.call and not talk.call.state.is_over else "")
    where = f" · {where_in_words(talk.elsewhere)}" if talk.elsewhere else ""
    about = f"{where} · {quoted(title, 80)}" if title else where
    if talk.call is not None and talk.call.state is CallState.SCHEDULED:
        return f"{name} · rings {when(talk.call.due_at or talk.at, zone)}{about}"
    untold = " · the recap could not be delivered" if talk.call and not talk.call.is_told else ""
    at = talk.at
    if talk.call is not None and talk.call.state is CallState.EXPIRED:
        at = talk.call.scheduled_for or at
    return f"{name} · {moment(at.astimezone(zone))} · {_state_in_words(talk)}{about}{untold}"


def label_of(house: Installation, talk: PastTalk, names: Mapping[str, str]) -> str:
    """Return one talk in the few words that a button has room for."""
    at = moment(talk.at.astimezone(house.terms.timezone))
    about = f" · {quoted(talk.title, 30)}" if talk.title else ""
    return f"{clip(names.get(talk.slug, talk.slug), 20)} · {at}{about}".removeprefix(" · ")


def cancel_choices(
    house: Installation, scheduled: tuple[PastTalk, ...], names: Mapping[str, str]
) -> list[Choice]:
    """Return a button that cancels it for each of the next calls; no two of them read alike."""
    shown = scheduled[:CANCEL_BUTTONS]
    labels = [_cancel_label(house, talk, names) for talk in shown]
    about = [f"{label} · {one_line(_topic(talk), 30)}" for label, talk in zip(labels, shown, strict=True)]
    choices = []
    for talk, label, longer in zip(shown, labels, about, strict=True):
        with_id = f"{label} · {talk.id[:SHORT_ID_CHARS]}"
        alone = longer if _topic(talk) and about.count(longer) == 1 else with_id
        shown_as = label if labels.count(label) == 1 else alone
        choices.append(Choice(shown_as, "account", {"do": "cancel", "call": talk.id}))
    return choices


def _cancel_label(house: Installation, talk: PastTalk, names: Mapping[str, str]) -> str:
    name, due_at = names.get(talk.slug, talk.slug), talk.call.due_at if talk.call else None
    return f"Cancel {name}, {when(due_at or talk.at, house.terms.timezone)}"


def _topic(talk: PastTalk) -> str:
    return talk.call.topic if talk.call else ""


def _state_in_words(talk: PastTalk) -> str:
    call = talk.call
    if call is None:
        return f"imported, {plural(talk.turn_count, 'turn')}"
    if call.state is CallState.DONE:
        if talk.held:
            return f"{length(talk.duration_seconds)}, waits for you to say that it was you"
        return length(talk.duration_seconds) + ("" if talk.talk_id else ", nothing kept")
    return _unfinished_in_words(call)


def _unfinished_in_words(call: Call) -> str:
    failure = one_line(call.failure, 120)
    if call.state is CallState.FAILED:
        return f"failed: {failure or 'no reason was given'}"
    if call.delivery is Delivery.PHONE:
        return _BY_PHONE.get(call.state) or f"did not ring: {failure or 'it was too late'}"
    if call.delivery is Delivery.CHAT and call.state is not CallState.LIVE:
        return "chat not begun"
    return _BY_LINK.get(call.state, call.state.value)
