"""Looking after what nobody notices by themselves, and telling the operator once."""

import logging
from collections.abc import Mapping
from datetime import timedelta

from bot.calls.installation import Installation
from bot.domain.agent_workspace import same_place
from bot.domain.alert import Cause, judge_credit, judge_other_files, judge_signs, judge_webhook
from bot.domain.call import NewJob
from bot.domain.errors import ProviderError

EVERY = timedelta(minutes=10)
WEBHOOK_PATH = "/hooks/elevenlabs"
MOST_NAMED = 5
"""So many broken files at a time are told by name, each in an alert of its own."""
_PERSONA, _OTHERS = "broken persona ", "broken personas"

_log = logging.getLogger(__name__)


async def tell(house: Installation, cause: Cause, *, is_logged: bool = False) -> None:
    """Tell the operator that something is so or over, if that is new: their channels, and the log.

    ``is_logged``: the log was told already.
    """
    boards = [str(board) for board in house.terms.alert_boards]
    is_new = await house.store.settle_cause(cause, boards, house.now())
    sentence = cause.sentence or cause.over_sentence
    if is_new and sentence and not is_logged:
        _log.log(logging.WARNING if cause.sentence else logging.INFO, "%s", sentence)


async def look_after(house: Installation) -> None:
    """Look at ElevenLabs' webhook and credit, and at signs of abuse; and once more in a while.

    What ElevenLabs does not let this key see, or cannot tell now, stays as it was.
    """
    for cause in judge_signs(await house.store.fetch_signs(house.now()), hears=house.terms.hears_of_ends):
        await tell(house, cause)
    try:
        await tell(house, judge_credit(await house.agents.fetch_credit()))
    except ProviderError as error:
        _log.info("The credit could not be looked at: %s", error)
    if house.terms.hears_of_ends:
        try:
            here = same_place(house.terms.public_url + WEBHOOK_PATH)
            webhooks = await house.agents.fetch_webhooks()
            await tell(house, judge_webhook([one for one in webhooks if same_place(one.url) == here]))
        except ProviderError as error:
            _log.info("The webhook could not be looked at: %s", error)
    await house.store.add_jobs([NewJob("look_after", "all", house.now() + EVERY)])


async def tell_broken(house: Installation, broken: Mapping[str, str]) -> None:
    """Tell which files of the cast cannot be read, by name with what is wrong, and which can again.

    Of many that break at once a few are named; the others are told together.
    """
    for cause in await house.store.fetch_raised(_PERSONA):
        name = cause.removeprefix(_PERSONA)
        if name not in broken:
            await tell(house, Cause(cause, "", f"{name} can be read again, or is gone."))
    named = [one.removeprefix(_PERSONA) for one in await house.store.fetch_raised(_PERSONA)]
    others = [name for name in broken if name not in named]
    for name in others[: max(0, MOST_NAMED - len(named))]:
        stays = f"{broken[name].rstrip('.')}. The last good version stays, if there was one: mend the file."
        await tell(house, Cause(_PERSONA + name, stays), is_logged=True)
        others.remove(name)
    await tell(house, judge_other_files(_OTHERS, are_broken=bool(others)), is_logged=True)
