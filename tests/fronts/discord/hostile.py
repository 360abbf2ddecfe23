"""Words that try to be more than words, and wild texts made of them."""

from hypothesis import strategies as st

NOWHERE = "\u200b"
FAMILY = "👩\u200d👩\u200d👧\u200d👦"
RIGHT_TO_LEFT = "שלום עולם"
OVERRIDE = "\u202eevil\u202c \u2066x\u2069"
COMBINING = "Z\u0310\u030d\u030d\u0334a\u0353\u0315l\u0352g\u033f\u0326o\u0311"
SNOWFLAKE = "123456789012345678"
PIECES = (
    "@everyone",
    "@here",
    "@EVERYONE",
    f"<@{SNOWFLAKE}>",
    f"<@!{SNOWFLAKE}>",
    f"<@&{SNOWFLAKE}>",
    f"<#{SNOWFLAKE}>",
    f"</call:{SNOWFLAKE}>",
    f"<a:party:{SNOWFLAKE}>",
    "<t:1700000000:R>",
    "<id:customize>",
    "](https://evil.example)",
    "[click](https://evil.example)",
    "[click](<https://evil.example>)",
    "<https://evil.example>",
    "https://evil.example/a_b*c*",
    "HTTP://EVIL.EXAMPLE",
    "steam://run/1",
    "`code`",
    "```\nblock\n```",
    "``",
    "||spoiler||",
    "**bold**",
    "__under__",
    "_it_",
    "*it*",
    "~~gone~~",
    "\\",
    "\\\\",
    "\\*",
    "# heading",
    "### deep",
    "> quote",
    ">>> all of it",
    "-# small",
    "- item",
    "+ item",
    "* item",
    "1. first",
    f"discord-role:{SNOWFLAKE}",
    f"discord-channel:{SNOWFLAKE}",
    f"discord:{SNOWFLAKE}:{SNOWFLAKE}",
    "/call",
    "{{user_name}}",
    "{name}",
    "\x00\x07\x1b[2J",
    "\r\n",
    "\n",
    " ",
    "\t",
    "\ud800",
    FAMILY,
    RIGHT_TO_LEFT,
    OVERRIDE,
    COMBINING,
    "🧙" * 5,
    "¡Hola! Größe",
)


def texts(most: int = 12) -> st.SearchStrategy[str]:
    """Return texts of hostile pieces and any others, joined with and without blanks."""
    piece = st.sampled_from(PIECES) | st.text(max_size=12)
    return st.lists(piece | st.sampled_from((" ", "\n", "a", "x" * 300)), max_size=most).map("".join)


def long_texts(most: int) -> st.SearchStrategy[str]:
    """Return texts that may be far longer than anything of Discord's."""
    return st.tuples(texts(), st.integers(1, most)).map(lambda pair: (pair[0] * pair[1])[:most])
