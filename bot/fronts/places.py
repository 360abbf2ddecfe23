"""What managers type about their own server: let Troupe in, limit a character, post one."""

from bot.calls import places
from bot.calls.installation import Installation
from bot.calls.permitting import limits_in_words
from bot.domain.errors import CallerError
from bot.domain.permission import Rule
from bot.domain.persona import Persona
from bot.domain.reply import Ask, Card, Choice, Notice, Reply

HERE = "Members of this server can call now: /characters shows whom, /call calls."


async def here(house: Installation, ask: Ask) -> Reply:
    """Answer ``/troupe here``: let this server in, or with ``off`` out again."""
    value = ask.arguments.get("value", "on").strip().lower()
    if value == "off":
        gone = await places.dismiss_here(house, ask.caller)
        said = "Nobody can call from this server any more." if gone.changed else "Troupe was not let in here."
        return Reply(said, choices=(Choice("Let Troupe in again", "troupe", {"do": "here"}),))
    if value != "on":
        raise CallerError("Write /troupe here, or /troupe here off.")
    done = await places.admit_here(house, ask.caller, ask.arguments.get("name", ""))
    said = HERE if done.changed else f"Troupe is let in here already. {HERE}"
    return Reply(
        said,
        choices=(
            Choice("Show the characters", "characters", {"page": "1"}),
            Choice("Take it back", "troupe", {"do": "here", "value": "off"}),
        ),
    )


async def allow(house: Installation, ask: Ask) -> Reply:
    """Answer ``/troupe allow``: what holds for a character here, after a change if one was named."""
    character = ask.arguments.get("character", "")
    if not character:
        raise CallerError("Which character? /troupe allow and its name; /characters lists them.")
    role, channel = ask.arguments.get("role", ""), ask.arguments.get("channel", "")
    only = ask.arguments.get("only", "").strip().lower()
    if role or channel or only:
        persona, rule = await places.limit_character(
            house, ask.caller, character, role=role, channel=channel, only=only
        )
    else:
        persona, rule = await places.see_rule(house, ask.caller, character)
    return _rule_card(persona, rule)


def _rule_card(persona: Persona, rule: Rule) -> Reply:
    text = f"{persona.name} {limits_in_words(rule)}."
    who = {"do": "allow", "character": persona.slug}
    choices = [Choice(f"Leave out {role}", "troupe", {**who, "role": role}) for role in sorted(rule.roles)]
    choices += [
        Choice(f"Leave out {channel}", "troupe", {**who, "channel": channel})
        for channel in sorted(rule.channels)
    ]
    if rule.limits_nothing:
        choices.append(Choice("Nobody here", "troupe", {**who, "only": "nobody"}))
        choices.append(Choice("Age-restricted channels only", "troupe", {**who, "only": "age-restricted"}))
    else:
        choices.append(Choice("Everybody here", "troupe", {**who, "only": "everybody"}))
    card = Card(f"Who may call {persona.name} here", text, persona.color, picture=persona.slug)
    return Reply(cards=(card,), choices=tuple(choices[-20:]))


async def post(house: Installation, ask: Ask) -> Reply:
    """Answer ``/troupe post``: a card for everybody; its button gives each presser their own answer."""
    character = ask.arguments.get("character", "")
    if not character:
        raise CallerError("Which character? /troupe post and its name; /characters lists them.")
    persona, rule = await places.see_rule(house, ask.caller, character)
    if rule.is_off:
        raise CallerError(f"{persona.name} {limits_in_words(rule)}. /troupe allow changes that.")
    card = Card(
        persona.name,
        f"{persona.tagline}\n\nPress the button for a link of your own; nobody else sees it.",
        persona.color,
        byline=f"by {persona.author}",
        picture=persona.slug,
    )
    ring = Choice(f"Call {persona.name}", "call", {"character": persona.slug})
    return Reply("Posted.", notice=Notice(card, (ring,)))
