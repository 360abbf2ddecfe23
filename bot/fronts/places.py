"""What managers type about their own server: let Troupe in, limit a character, post one."""

from dataclasses import replace

from bot.calls import places
from bot.calls.announcing import build_public_card
from bot.calls.installation import Installation
from bot.calls.permitting import limits_in_words, refuse_limited
from bot.domain.errors import CallerError, CharacterNotHere
from bot.domain.permission import Rule
from bot.domain.persona import Persona
from bot.domain.reply import Ask, Card, Choice, Reply
from bot.domain.words import DANGER_COLOR
from bot.fronts.gallery import which_character

HERE = "Members can call from here now: /characters shows whom, /call calls."

HAVE_AGE_LIMITS = frozenset({"discord"})
"""Platforms whose channels may be age-restricted."""


async def here(house: Installation, ask: Ask) -> Reply:
    """Answer ``/troupe here``: let this place in, or with ``off`` out again."""
    value = ask.arguments.get("value", "on").strip().lower()
    if value == "off" and ask.arguments.get("sure") != "yes":
        places.require_may_dismiss(house, ask.caller)
        off = {"do": "here", "value": "off", "sure": "yes"}
        text = "Nobody can call from here then, until somebody who manages this place lets Troupe in again."
        return Reply(
            cards=(Card("Are you sure?", text, DANGER_COLOR),),
            choices=(
                Choice("Switch it off here", "troupe", off, replaces=True, is_danger=True),
                Choice("Leave it on", "dismiss", replaces=True),
            ),
        )
    if value == "off":
        gone = await places.dismiss_here(house, ask.caller)
        said = "Nobody can call from here any more." if gone.changed else "Troupe was not let in here."
        return Reply(said, choices=(Choice("Let Troupe in again", "troupe", {"do": "here"}),))
    if value != "on":
        raise CallerError("Write /troupe here, or /troupe here off.")
    done = await places.admit_here(house, ask.caller, ask.arguments.get("name", ""))
    said = HERE if done.changed else f"Troupe is let in here already. {HERE}"
    switch_off = Choice("Switch it off again", "troupe", {"do": "here", "value": "off"})
    return Reply(
        said,
        choices=(
            Choice("Show the characters", "characters", {"page": "1"}),
            Choice("Limit a character", "troupe", {"do": "allow"}),
            *((switch_off,) if places.may_dismiss(house, ask.caller) else ()),
        ),
    )


async def allow(house: Installation, ask: Ask) -> Reply:
    """Answer ``/troupe allow``: what holds for a character here, after a change if one was named."""
    character = ask.arguments.get("character", "")
    if not character:
        return which_character(house, "Whom do you want to limit here?", ask)
    role, channel = ask.arguments.get("role", ""), ask.arguments.get("channel", "")
    only = ask.arguments.get("only", "").strip().lower()
    if ask.arguments.get("lift") == "yes":
        persona, rule = await places.lift_limit(house, ask.caller, character, role=role, channel=channel)
    elif role or channel or only:
        persona, rule = await places.limit_character(
            house, ask.caller, character, role=role, channel=channel, only=only
        )
    else:
        persona, rule = await places.see_rule(house, ask.caller, character)
    return _rule_card(persona, rule, ask.caller.account.platform in HAVE_AGE_LIMITS)


def _rule_card(persona: Persona, rule: Rule, has_age_limits: bool) -> Reply:
    text = f"{persona.name} {limits_in_words(rule)}."
    who = {"do": "allow", "character": persona.slug}
    lift = {**who, "lift": "yes"}
    choices = [
        Choice(f"Leave out {role}", "troupe", {**lift, "role": role}, replaces=True)
        for role in sorted(rule.roles)
    ]
    choices += [
        Choice(f"Leave out {channel}", "troupe", {**lift, "channel": channel}, replaces=True)
        for channel in sorted(rule.channels)
    ]
    changes = [("Everybody here", "everybody")]
    if rule.limits_nothing:
        changes = [("Nobody here", "nobody")]
        changes += [("Age-restricted channels only", "age-restricted")] if has_age_limits else []
    choices += [Choice(label, "troupe", {**who, "only": only}, replaces=True) for label, only in changes]
    card = Card(f"Who may call {persona.name} here", text, persona.color, picture=persona.slug)
    return Reply(cards=(card,), choices=tuple(choices[-20:]))


async def post(house: Installation, ask: Ask) -> Reply:
    """Answer ``/troupe post``: a card for everybody; its button gives each presser their own answer."""
    character = ask.arguments.get("character", "")
    if not character:
        return which_character(house, "Whom do you want to post?", ask)
    persona, rule = await places.see_rule(house, ask.caller, character)
    here = replace(ask.caller, spots=tuple(replace(spot, roles=rule.roles) for spot in ask.caller.spots))
    try:
        refuse_limited(house, here, persona)
    except CharacterNotHere as error:
        raise CallerError(f"{error} Post it where that holds, or change it: /troupe allow.") from None
    return Reply("Posted.", notice=build_public_card(persona, rule))
