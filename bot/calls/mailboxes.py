"""How an account is reached: its direct messages, and the language that it is spoken with."""

from bot.calls.installation import Installation
from bot.domain.caller import Account
from bot.domain.mailbox import Mailbox


async def see_mailbox(house: Installation, account: Account) -> Mailbox:
    """Return how an account is reached; an empty one where it never was, or is not known."""
    return await house.store.fetch_mailbox(account)


async def learn_locale(house: Installation, account: Account, locale: str) -> bool:
    """Keep in which language an account is spoken with when it does not ask; whether that was so already.

    An account that is not known yet keeps nothing.
    """
    if (await house.store.fetch_mailbox(account)).locale == locale:
        return True
    await house.store.keep_locale(account, locale)
    return False


async def keep_channel(house: Installation, account: Account, channel_id: str) -> None:
    """Keep where an account's direct messages are, by the platform's own id."""
    await house.store.keep_channel(account, channel_id)


async def note_refused(house: Installation, account: Account) -> None:
    """Note that an account's direct messages were refused now."""
    await house.store.note_refused(account, house.now())
