"""What is typed after our command is read as people mean it, and nothing that is typed breaks the reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fronts.commands import DOORS
from bot.fronts.presses import Wanted
from bot.fronts.slack.grammar import RESERVED, as_typed, channel_names, read_command
from tests.fronts.slack.hostile import texts

TEAM = "T0123456"
READ: dict[str, tuple[str, dict[str, str]]] = {
    "wizard": ("call", {"character": "wizard"}),
    "call help": ("call", {"character": "help"}),
    "/call wizard": ("call", {"character": "wizard"}),
    "wizard  by   phone": ("call", {"character": "wizard", "via": "phone"}),
    "wizard by\u00a0chat about bees &amp; honey": (
        "call",
        {"character": "wizard", "via": "chat", "topic": "bees & honey"},
    ),
    "“wizard”": ("call", {"character": "wizard"}),
    "wizard about “my mother’s bees”": ("call", {"character": "wizard", "topic": "my mother's bees"}),
    "wizard by phone at 18:30": ("call", {"character": "wizard", "via": "phone", "at": "18:30"}),
    "wizard by chat abuot bees": ("call", {"character": "wizard", "via": "chat", "topic": "bees"}),
    "wizard by chat “my mother’s bees”": (
        "call",
        {"character": "wizard", "via": "chat", "topic": "my mother's bees"},
    ),
    "Old Merlin of the tower": ("call", {"character": "Old Merlin of the tower"}),
    "help": ("help", {}),
    "HELP": ("help", {}),
    "  history   “wizard”  ": ("history", {"character": "wizard"}),
    "characters": ("characters", {"page": "1"}),
    "characters sea and riddles": ("characters", {"page": "1", "search": "sea and riddles"}),
    "memory wizard about “my bees”": ("memory", {"character": "wizard", "topic": "my bees"}),
    "wizard continue:fresh about bees": (
        "call",
        {"character": "wizard", "topic": "bees", "continue": "fresh"},
    ),
    "memory wizard add I sing": ("memory", {"character": "wizard", "do": "add", "text": "I sing"}),
    "whisper he’s “late”": ("whisper", {"text": "he’s “late”"}),
    "whisper look at <https://bees.example|bees.example>": ("whisper", {"text": "look at bees.example"}),
    "forget everything": ("forget", {"what": "everything"}),
    "account phone +49 1512 3456789": ("account", {"do": "phone", "number": "+49 1512 3456789"}),
    "account phone <tel:+4915123456789|+49 1512 3456789>": (
        "account",
        {"do": "phone", "number": "+49 1512 3456789"},
    ),
    "account link ABCD1234": ("account", {"do": "link", "code": "ABCD1234"}),
    "import": ("import", {}),
    "hangup": ("hangup", {}),
    "admin": ("troupe", {}),
    "admin here off": ("troupe", {"do": "here", "value": "off"}),
    "admin post wizard": ("troupe", {"do": "post", "character": "wizard"}),
    "admin block <@U7654321|mira>": ("troupe", {"do": "block", "whom": f"slack:{TEAM}:U7654321"}),
    "admin allowance <@U7654321> calls 5": (
        "troupe",
        {"do": "allowance", "whom": f"slack:{TEAM}:U7654321", "calls": "5"},
    ),
    "admin allow wizard nobody": ("troupe", {"do": "allow", "character": "wizard", "only": "nobody"}),
    "admin allow wizard <!subteam^S7654321|@keepers> <#C7654321|tower>": (
        "troupe",
        {
            "do": "allow",
            "character": "wizard",
            "role": "slack-group:S7654321",
            "channel": "slack-channel:C7654321",
        },
    ),
    "admin allow nobody everybody": ("troupe", {"do": "allow", "character": "nobody", "only": "everybody"}),
    "admin pause the tower is on fire": ("troupe", {"do": "pause", "reason": "the tower is on fire"}),
}


@pytest.mark.parametrize("text", READ)
def test_what_is_typed_is_read_as_it_is_meant(text: str) -> None:
    wanted = read_command(text, TEAM)
    assert wanted is not None
    given_ones = {name: value for name, value in wanted.arguments.items() if value}
    assert (wanted.command, given_ones) == READ[text]


@pytest.mark.parametrize("text", ["", "   ", "\u00a0", "\n"])
def test_nothing_typed_asks_whom_to_call(text: str) -> None:
    assert read_command(text, TEAM) is None


def test_every_reserved_word_is_a_command_and_the_same_word_a_character_after_call() -> None:
    for word in (*RESERVED, "admin"):
        wanted = read_command(word, TEAM)
        assert wanted is not None
        assert wanted.command in DOORS
        named = read_command(f"call {word}", TEAM)
        assert named is not None
        assert (named.command, named.arguments["character"]) == ("call", word)


@given(
    texts()
    | st.tuples(st.sampled_from((*RESERVED, "admin", "admin allow", "admin allowance")), texts()).map(
        " ".join
    )
)
def test_whatever_is_typed_is_a_command_of_ours_or_nothing(text: str) -> None:
    wanted = read_command(text, TEAM)
    if wanted is not None:
        assert isinstance(wanted, Wanted)
        assert wanted.command in DOORS
        assert all(isinstance(value, str) for value in wanted.arguments.values())


@given(st.text(max_size=200))
def test_what_slack_escapes_is_read_as_it_was_typed(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert as_typed(escaped) == text


@given(st.text(alphabet="acxz AC", min_size=1, max_size=40))
def test_words_that_are_no_command_name_whom_to_call(text: str) -> None:
    said = " ".join(text.split())
    if said and said.partition(" ")[0].lower() not in (*RESERVED, "admin"):
        wanted = read_command(text, TEAM)
        assert wanted is not None
        assert wanted.command == "call"
        assert wanted.arguments["character"]


def test_names_of_channels_are_learned_by_the_way() -> None:
    typed = {"channel_id": "C1", "channel_name": "general", "text": "admin allow wizard <#C2|tower> <#C3|>"}
    assert channel_names(typed) == {"C1": "general", "C2": "tower"}
    assert channel_names({"channel": {"id": "C4", "name": "random"}}) == {"C4": "random"}
    assert channel_names({"channel_id": "D1", "channel_name": "directmessage"}) == {}
    assert channel_names({"channel_id": "G1", "channel_name": "privategroup", "channel": None}) == {}
