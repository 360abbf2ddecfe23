"""What is particular about one call, from what the installation knows of it."""

from bot.calls.installation import Installation
from bot.domain.call import Call, Delivery
from bot.domain.caller import Person
from bot.domain.initiation import Occasion
from bot.domain.persona import Persona


def occasion_of(
    house: Installation,
    person: Person,
    persona: Persona,
    platform: str,
    topic: str,
    call: Call | None,
    cast_as: str,
) -> Occasion:
    """Return what is particular about a call; ``call`` is None where none is placed."""
    timezone = house.terms.timezone
    by_phone = call is not None and call.delivery is Delivery.PHONE
    return Occasion(
        call_ref=call.ref if call else "none",
        user_id=person.id,
        platform=platform,
        user_name=person.name,
        topic=topic,
        local_time=house.now().astimezone(timezone),
        timezone=timezone.key,
        crisis_line=house.terms.crisis_line,
        cast_as=cast_as,
        text_only=not by_phone,
        by_phone=by_phone,
        community=house.terms.community,
        most_minutes=min(persona.max_minutes, call.granted_minutes if call else 60) or persona.max_minutes,
    )
