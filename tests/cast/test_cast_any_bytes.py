"""Nothing that can stand in a file gets past the reader as a crash."""

import json
import tempfile
from pathlib import Path

from cast_samples import RULES, VOICES, WIZARD
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cast import read_cast
from bot.domain.persona import FrontMatter, Variable, VoiceChoice

FIELDS = st.sampled_from([*FrontMatter.model_fields, *Variable.model_fields, *VoiceChoice.model_fields])
LINES = st.sampled_from(
    [
        *WIZARD.splitlines(),
        "- a",
        "  x: {a: b}",
        "variables:",
        "lore:",
        "  - keys: [a]",
        "{{",
        "}}",
        "? a",
        "&a *a",
    ]
)
ANYTHING = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=200).map(lambda text: text.encode(errors="surrogatepass")),
    st.text(max_size=200).map(
        lambda text: f"---\n{text}\n---\nYou are {{{{user_name}}}}".encode(errors="replace")
    ),
    st.lists(st.one_of(LINES, st.text(max_size=20)), max_size=20).map(
        lambda lines: ("---\n" + "\n".join(lines)).encode(errors="replace")
    ),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(FIELDS | st.text(max_size=5), inner, max_size=4)
        ),
        max_leaves=8,
    ).map(lambda value: f"---\n{json.dumps(value)}\n---\nbody".encode()),
)


@settings(max_examples=300)
@given(data=ANYTHING, name=st.sampled_from(["wizard.md", "voices.yaml", "house-rules.md"]))
def test_no_bytes_whatever_raise_anything_but_become_a_persona_or_problems(data, name):
    with tempfile.TemporaryDirectory() as name_of_folder:
        folder = Path(name_of_folder)
        for file, text in {"wizard.md": WIZARD, "voices.yaml": VOICES, "house-rules.md": RULES}.items():
            (folder / file).write_text(text)
        (folder / name).write_bytes(data)
        cast = read_cast(folder)
        assert cast.problems or cast.personas
        for problem in cast.problems:
            assert problem.line >= 1
            assert problem.column >= 1
            assert problem.line <= data.count(b"\n") + data.count(b"\r") + 2
