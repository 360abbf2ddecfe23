"""The last calls of one account, where a front lets them stand in sight until they are erased."""

from dataclasses import replace

from bot.calls.installation import Installation
from bot.domain.caller import Account
from bot.domain.mailbox import FULL, recaps_for
from bot.domain.record import PastTalk

MOST_READ = 50
"""Among so many talks those are looked for: imports and calls of linked accounts are left out."""


async def see_last_calls(
    house: Installation, account: Account, most: int, *, shown_as: str
) -> tuple[PastTalk, ...]:
    """Return an account's own newest calls, each noted as a post of the account's called ``shown_as``.

    So ``Poster.erase_post`` is asked for that one as soon as one of them is erased, whoever asks for it.
    What they were about is left out for whoever wants recaps brief. Nobody becomes known by it.
    """
    person = await house.store.find_person(account)
    talks = await house.store.fetch_history(person.id, "", MOST_READ) if person else ()
    own = [talk for talk in talks if talk.call is not None and not talk.elsewhere][:most]
    is_brief = recaps_for(account, await house.store.fetch_mailbox(account)) != FULL
    return tuple(
        [
            _without_words(talk) if is_brief else talk
            for talk in own
            if talk.call and await house.store.note_post(talk.call.id, shown_as, account.id, shown_as, [])
        ]
    )


def _without_words(talk: PastTalk) -> PastTalk:
    return replace(talk, title="", call=replace(talk.call, topic="") if talk.call else None)
