"""What people do, one act a step; each does nothing where it makes no sense."""

from collections.abc import Awaitable, Callable, Mapping

from bot.domain.caller import Account
from tests.fences import backups, deciding, files, remembering, talking, telling
from tests.fences.world import World

Act = Callable[[World, Account], Awaitable[None]]

ACTS: Mapping[Act, float] = {
    talking.talk: 16,
    talking.call: 6,
    talking.open_link: 6,
    talking.finish: 9,
    talking.chat: 5,
    files.bring: 6,
    files.bring_to_successor: 0.5,
    remembering.see_memory: 5,
    telling.add_fact: 5,
    telling.change_fact: 8,
    telling.see_facts: 1,
    remembering.search: 4,
    remembering.export: 1.5,
    remembering.see_history: 6,
    remembering.share: 2,
    remembering.forget: 2,
    remembering.forget_who_left: 0.5,
    remembering.forget_everything: 0.3,
    deciding.link: 2.5,
    deciding.unlink: 1.2,
    deciding.share_memory: 1.5,
    deciding.remember: 1.5,
    deciding.choose_recaps: 1,
    remembering.keep: 3,
    deciding.change_character: 2.5,
    deciding.take_place: 0.5,
    deciding.restart: 0.6,
    backups.put_backup_back: 0.8,
    deciding.wait: 1.2,
    talking.add_phone: 2,
    talking.ring: 2,
    deciding.press: 2,
    deciding.press_own: 5,
    talking.deliver_again: 1.5,
    deciding.look_around: 2,
}
"""How often each is done."""
