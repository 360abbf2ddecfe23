"""Links that anybody can open who gets them: what of a person's past may stand in their address.

Design, "Deliveries": one hint at most, and the longer context only for a call whose member chose that.
"""

from bot.calls.installation import Installation, character_names
from bot.calls.occasions import occasion_of
from bot.calls.recalling import recall_topic
from bot.domain.call import Call
from bot.domain.caller import Person
from bot.domain.context import build_context
from bot.domain.hosted import HostedLink, WithinChars, build_hosted_link
from bot.domain.initiation import build_variables
from bot.domain.persona import Persona
from bot.domain.record import PersonRecord


def can_bring(house: Installation, person: Person, record: PersonRecord) -> bool:
    """Whether a member is offered to let the link carry what is in this record."""
    return house.terms.hosted_context == "full" and not person.declined and record.tells_something


def link_to_forward(
    house: Installation,
    person: Person,
    persona: Persona,
    call: Call,
    record: PersonRecord,
    bring: WithinChars | None = None,
) -> HostedLink:
    """Return the link to a call; with ``bring`` it carries as much of the context as fits."""
    occasion = occasion_of(house, person, persona, call.account.platform, call.topic, call, persona.slug)
    variables, terms = build_variables(persona, record, "", occasion), house.terms
    hint = terms.hosted_context != "none"
    return build_hosted_link(terms.talk_url, terms.agent_id, persona, variables, hint=hint, bring=bring)


async def link_with_memory(
    house: Installation, person: Person, persona: Persona, call: Call, record: PersonRecord
) -> HostedLink:
    """Return the link to a call with as much of what the character remembers as fits."""
    names, zone = character_names(house), house.terms.timezone
    recalled = await recall_topic(house, person, persona, call.topic, call.continues)

    def within(chars: int) -> str:
        return build_context(
            record, persona, call.topic, names=names, zone=zone, budget_chars=chars, recalled=recalled
        )

    return link_to_forward(house, person, persona, call, record, within)
