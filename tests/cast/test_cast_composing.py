"""YAML is read the same by libyaml and in Python, so that a file is fine everywhere or nowhere."""

import pytest
import yaml
from cast_samples import VOICES, WIZARD
from hypothesis import event, given, settings
from hypothesis import strategies as st

from bot.cast import composing
from bot.cast.composing import PlainComposer, compose

PIECES = st.sampled_from(
    [
        *"abc -:?#&*!|>'\"%@`{}[],\t~\\é“😀\n",
        *(
            "  ",
            "\n  ",
            "\n- ",
            ": ",
            "- ",
            '"x"',
            "'y'",
            "| \n",
            ">-\n",
            "key: ",
            "\nkey: ",
            "name: Ada\n",
            "true",
            "1",
        ),
        *(
            "---\n",
            "...\n",
            "{{user_name}}",
            "# c\n",
            "\\n",
            "<<: ",
            "!!str ",
            "!",
            "? ",
            "&a ",
            "*a",
            "%YAML 1.1\n",
        ),
    ]
)


def nodes(read, text):
    """What was read of a text, to the last place in it; None where it is refused."""
    try:
        return parts(read(text))
    except (yaml.YAMLError, ValueError, OverflowError):
        return None


def parts(node):
    if not isinstance(node, yaml.Node):
        return node
    value = node.value
    if isinstance(value, list):
        value = [tuple(map(parts, one)) if isinstance(one, tuple) else parts(one) for one in value]
    start = node.start_mark
    return node.tag, (start.line, start.column, start.index, node.end_mark.index), value


def plain(text):
    return PlainComposer(text).get_single_node()


@settings(max_examples=1_000)
@given(text=st.lists(PIECES, max_size=20).map("".join))
def test_whatever_stands_in_a_text_it_is_read_the_same(text):
    expected = nodes(plain, text)
    event("refused" if expected is None else "read")
    assert nodes(compose, text) == expected


@pytest.mark.parametrize("text", [WIZARD.split("---\n")[1], VOICES])
def test_good_files_are_read_by_libyaml_where_it_is_there(text):
    assert composing.LIBYAML is not None
    assert not composing._CORNERS.search(text)
    assert nodes(lambda text: composing._FastComposer(text).get_single_node(), text) == nodes(plain, text)
