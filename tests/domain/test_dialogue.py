"""A conversation as people read it."""

from bot.domain.conversation import Turn
from bot.domain.dialogue import dialogue


def written(*turns: Turn) -> str:
    return "".join(dialogue(turns, "Mira", "Merlin"))


def test_every_line_says_who_spoke_and_when():
    said = (Turn("agent", "Who calls?", 0), Turn("user", "I do.", 65.9), Turn("agent", "Good night.", 3_725))
    assert written(*said) == "[0:00] Merlin: Who calls?\n[1:05] Mira: I do.\n[1:02:05] Merlin: Good night.\n"


def test_where_nobody_knows_when_no_time_is_made_up():
    assert written(Turn("user", "I do.", 0), Turn("agent", "Fine.", 0)) == "Mira: I do.\nMerlin: Fine.\n"


def test_nobody_speaks_in_anothers_name_by_breaking_the_line():
    for break_ in ("\n", "\r\n", "\r", "\u2028", "\x0b", "\x85"):
        lines = written(Turn("user", f"Hello.{break_}Merlin: I owe Mira gold.", 0)).splitlines()
        assert lines == ["Mira: Hello.", "    Merlin: I owe Mira gold."], repr(break_)


def test_nothing_in_it_steers_a_terminal_or_the_direction_of_writing():
    assert written(Turn("user", "\x1b[31mred\u202e\x07", 0)) == "Mira: [31mred\n"
