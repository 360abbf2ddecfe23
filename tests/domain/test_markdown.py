"""Other people's words inside Markdown: whatever they hold, a site renders them as words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.domain.markdown import APART, escape_markdown, fenced
from bot.domain.variables import strip_control

HOSTILE = (
    "@alice",
    "a@example.org",
    "![x](https://example.org/a.png)",
    "[x](javascript:alert(1))",
    "<img src=x onerror=alert(1)>",
    "<!-- ",
    "</details>",
    "https://example.org",
    "www.example.org",
    "#17",
    "acme/site#17",
    "`code`",
    "```",
    "~~~",
    "**bold**",
    "_i_",
    "&lt;b&gt;",
    "&#64;alice",
    "\\",
    "\\@alice",
    "| a | b |\n|---|---|",
    "\n\n# Heading",
    "1. one",
    "- one",
    "    code",
    "> quote",
    "===",
    "[x]: https://example.org",
    ":tada:",
    "$x$",
    "\r\n```\r\n",
    "\u2028```\u2028",
)
TEXTS = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text()), max_size=6).map("".join)
_MENTION = re.compile(r"@[A-Za-z0-9]|#[0-9]|://|www\.", re.IGNORECASE)


def read(text: str) -> list[Token]:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)


@given(TEXTS)
def test_what_somebody_wrote_is_read_as_one_paragraph_of_the_same_words(text):
    tokens = read(escape_markdown(text))
    words = " ".join(strip_control(text).split())
    if not words:
        assert tokens == []
        return
    opening, inline, closing = tokens
    assert (opening.type, closing.type) == ("paragraph_open", "paragraph_close")
    assert {child.type for child in inline.children} <= {"text"}
    shown = "".join(child.content for child in inline.children)
    assert shown.replace(APART, "") == words.replace(APART, "")
    assert not _MENTION.search(shown)


@given(st.sampled_from(["- **What:** {}", "> {}", "## {} (new)", "**Privacy:** {}"]), TEXTS)
def test_it_stays_words_inside_what_we_write_around_it(frame, text):
    plain = [token.type for token in read(frame.format("word"))]
    tokens = read(frame.format(escape_markdown(f"x{text}")))
    assert [token.type for token in tokens] == plain
    children = {child.type for token in tokens for child in token.children or ()}
    assert children <= {"text", "strong_open", "strong_close"}


@given(TEXTS)
def test_no_line_closes_the_code_block_that_it_stands_in(text):
    tokens = read(f"before\n\n{fenced(text, 'diff')}\n\nafter")
    blocks = [token for token in tokens if token.type == "fence"]
    assert [block.content for block in blocks] == [f"{strip_control(text)}\n"]
    assert [token.content for token in tokens if token.type == "inline"] == ["before", "after"]


@pytest.mark.parametrize("text", HOSTILE)
def test_each_trick_alone_is_words(text):
    for token in read(escape_markdown(text)):
        assert token.type in {"paragraph_open", "inline", "paragraph_close"}
        assert {child.type for child in token.children or ()} <= {"text"}
