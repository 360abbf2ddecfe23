"""The part of ``/account`` about other accounts of the same person: link, share memory, unlink."""

from bot.calls import linking
from bot.calls.installation import Installation
from bot.domain.linking import MOST_LINKED, Linked, LinkedAccount, account_in_words, accounts_in_words
from bot.domain.reply import Ask, Card, Choice, Reply
from bot.domain.words import DANGER_COLOR, NEUTRAL_COLOR

_ID_CHARS = 12
LINK_ANOTHER = Choice("Link another account", "account", {"do": "link"})
ASK_TO_SHARE = Choice("Share memory", "account", {"do": "share"})
STOP_SHARING = Choice("Stop sharing memory", "account", {"do": "share", "value": "off"})


async def link(house: Installation, ask: Ask) -> Reply:
    """Make a code; or take one that was written, say whose it is, and link once it is chosen how."""
    code, memory = ask.arguments.get("code", "").strip(), ask.arguments.get("memory", "")
    if not code:
        made = await linking.make_code(house, ask.caller)
        text = (
            f"Your code is {made}: give it to “account link” at your other account, within ten minutes. "
            "The code is good once. "
            "Give it to nobody: whoever writes it is taken for you."
        )
        return Reply(cards=(Card("Link another account", text, NEUTRAL_COLOR),))
    if memory not in {"shared", "apart"}:
        accounts = await linking.look_at_code(house, ask.caller, code)
        own = await linking.see_linked(house, ask.caller)
        return _is_this_you(accounts, code, are_more=len(accounts) + len(own.accounts) > 1)
    accounts = await linking.link(house, ask.caller, code, shares_memory=memory == "shared")
    who = accounts_in_words(accounts)
    if memory == "shared":
        return Reply(f"Linked with {who}. You have one allowance, and memory is shared.", choices=(_SEE,))
    return Reply(f"Linked with {who}. You have one allowance, and memory is not shared.", choices=(_SEE,))


def _is_this_you(accounts: tuple[LinkedAccount, ...], code: str, *, are_more: bool) -> Reply:
    """Ask how to link; where there ``are_more`` than two accounts, all of them are concerned."""
    for_all = " What you choose holds for all linked accounts." if are_more else ""
    text = (
        f"This code is from {accounts_in_words(accounts)}. Linked accounts have one allowance, and each can "
        f"ring the other's phone. Shall they share memory as well? {linking.WHAT_IS_SHARED}{for_all}"
    )
    apart = {"do": "link", "code": code, "memory": "apart"}
    return Reply(
        cards=(Card("Is this you?", text),),
        choices=(
            Choice("Share the allowance only", "account", apart, replaces=True),
            Choice("Share memory both ways", "account", {**apart, "memory": "shared"}, replaces=True),
            Choice("Don't link", "dismiss", replaces=True),
        ),
    )


async def share(house: Installation, ask: Ask) -> Reply:
    """Let all linked accounts share their memory, once that is confirmed, or stop it at once."""
    value, sure = ask.arguments.get("value", "").strip().lower(), ask.arguments.get("sure") == "yes"
    if value not in {"", "on", "off"}:
        return Reply("Write /account share on, or /account share off.")
    if value == "off":
        await linking.share_memory(house, ask.caller, is_on=False)
        return Reply("Memory is not shared any more: each account has its own again.", choices=(_SEE,))
    if sure:
        linked = await linking.share_memory(house, ask.caller, is_on=True)
        return Reply(f"Memory is shared with {accounts_in_words(linked.accounts)}.", choices=(_SEE,))
    linked = await linking.require_linked(house, ask.caller)
    who = accounts_in_words(linked.accounts)
    if linked.shares_memory:
        return Reply(f"Memory is shared with {who}.", choices=(STOP_SHARING,))
    on = {"do": "share", "value": "on", "sure": "yes"}
    return Reply(
        cards=(Card(f"Share memory with {who}?", linking.WHAT_IS_SHARED),),
        choices=(
            Choice("Share memory both ways", "account", on, replaces=True),
            Choice("Not now", "dismiss", replaces=True),
        ),
    )


async def unlink(house: Installation, ask: Ask) -> Reply:
    """Part one account from the others, once it is confirmed; which, is asked where there are several."""
    named, sure = ask.arguments.get("who", ""), ask.arguments.get("sure") == "yes"
    linked = await linking.require_linked(house, ask.caller)
    if not named.strip():
        if len(linked.accounts) > 1:
            return Reply("Which account shall be unlinked?", choices=tuple(_unlink_choices(linked)))
        named = _key(linked.accounts[0])
    if sure:
        one = await linking.unlink(house, ask.caller, named)
        if one is None:
            return Reply("Unlinked. This account has its own memory and allowance again.")
        return Reply(
            f"Unlinked. {account_in_words(one)} has its own memory and allowance again, and so have you."
        )
    one = linking.find_linked(linked, named)
    title = f"Unlink {account_in_words(one)}?" if one else "Unlink this account?"
    text = (
        "Each account keeps what was said there, what was brought and added there, and the phone that was "
        "verified there. Nothing is lost, and each has its own allowance again. What was to ring the other's "
        "phone will not ring."
    )
    again = {"do": "unlink", "who": _key(one), "sure": "yes"}
    return Reply(
        cards=(Card(title, text, DANGER_COLOR),),
        choices=(
            Choice("Unlink", "account", again, replaces=True, is_danger=True),
            Choice("Stay linked", "dismiss", replaces=True),
        ),
    )


def linked_in_words(linked: Linked) -> str:
    """Return which accounts are linked, and what they share."""
    how = "the allowance is shared"
    if linked.shares_memory:
        all_of_them = len(linked.sharing) == len(linked.accounts)
        how = "allowance and memory are shared"
        if not all_of_them:
            how = "the allowance is shared, and memory where remembering is on"
    return f"{accounts_in_words(linked.accounts)}; {how}"


def linking_choices(linked: Linked) -> list[Choice]:
    """Return the buttons that link, share and unlink."""
    choices = [LINK_ANOTHER] if len(linked.accounts) + 1 < MOST_LINKED else []
    if not linked.accounts:
        return choices
    choices.append(STOP_SHARING if linked.shares_memory else ASK_TO_SHARE)
    if len(linked.accounts) > 1:
        return [*choices, Choice("Unlink …", "account", {"do": "unlink"})]
    return choices + _unlink_choices(linked)[:1]


def _unlink_choices(linked: Linked) -> list[Choice]:
    named = [
        Choice(f"Unlink {account_in_words(one)}", "account", {"do": "unlink", "who": _key(one)})
        for one in linked.accounts
    ]
    return [*named, Choice("Unlink this account", "account", {"do": "unlink", "who": linking.THIS_ONE})]


def _key(one: LinkedAccount | None) -> str:
    """Return what names an account behind a button."""
    return one.person_id[:_ID_CHARS] if one else linking.THIS_ONE


_SEE = Choice("Your account", "account")
