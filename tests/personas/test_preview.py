"""`troupe personas preview`: a pull request's summary, in sentences, whatever somebody wrote into a file."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.cast.comparing import compare, read_folder
from bot.cast.previewing import preview
from bot.domain.rehearsing import sample_occasion
from tests.domain.test_markdown import HOSTILE
from tests.program import kept_environment, run

OCCASION = sample_occasion(datetime(2026, 11, 22, 12, tzinfo=UTC), "UTC", crisis_line="112", community="us")


def preview_of(tmp_path, cast, base="HEAD") -> str:
    """Return what is printed in a checkout, without one setting."""
    environment = {**kept_environment(), "ELEVENLABS_API_KEY": "nonsense alone"}
    done = run(tmp_path, ["personas", "preview", "--base", base, "--dir", str(cast.folder)], environment)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def read(text: str) -> list[Token]:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)


def shown(text: str) -> str:
    """Return the words that a reader sees outside code blocks."""
    inline = [token for token in read(text) if token.type == "inline"]
    return "\n".join("".join(child.content for child in token.children or ()) for token in inline)


def test_a_change_is_told_in_sentences_privacy_first(tmp_path, cast):
    cast.change("wizard.md", "memory: own", "memory: shared")
    cast.change("wizard.md", "You like tea.", "You like coffee.")
    cast.change("wizard.md", "Well met", "Hail")
    text = preview_of(tmp_path, cast)
    words = shown(text)
    assert "1 character: 1 changed." in words
    order = [
        "Privacy: because of 1 character, more of what members say is read than before. See first below.",
        "Merlin (changed)",
        "Privacy: memory changes from own to shared. Nan reads what members say to Merlin",
        "What changes",
        "What it says first:\u200b Well met, {{user_name}}! → Hail, {{user_name}}!\n",
        "The prompt, line by line:",
        "As it is now, all of it",
        "Who: Court wizard",
        "By: @\u200bmira",
        "Voice: old-storyteller",
        "Longest call: 15 minutes",
        "To somebody new, here a made-up member, it says:",
        "Hail, Robin!",
        "To somebody who comes back, here a made-up member, it says:",
        "Ah, Robin! Last time we spoke about “The bench by the river”.",
        "every turn of a call reads all of them again (estimated as characters / 4)",
    ]
    places = [words.replace("\u200b", "").find(part.replace("\u200b", "")) for part in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)
    (block,) = [token for token in read(text) if token.type == "fence"]
    assert "-You like tea.\n+You like coffee.\n" in block.content


def test_a_short_change_of_the_prompt_is_open_and_a_long_one_is_folded(tmp_path, cast):
    cast.change("wizard.md", "You like tea.", "You like coffee.\n```\n</details>")
    text = preview_of(tmp_path, cast)
    assert "<details>" not in text.replace("+</details>", "")
    (block,) = [token for token in read(text) if token.type == "fence"]
    assert "-You like tea.\n+You like coffee.\n+```\n+</details>\n" in block.content
    cast.change("wizard.md", "You like coffee.", "\n".join(f"You like {number}." for number in range(40)))
    assert "<details><summary>The prompt, line by line</summary>" in preview_of(tmp_path, cast)


def test_what_is_unchanged_of_a_changed_character_is_not_among_what_changes(tmp_path, cast):
    cast.change("wizard.md", "memory: own", "memory: own\nmax_minutes: 20")
    words = shown(preview_of(tmp_path, cast))
    changed, now = words.split("What changes")[1].split("As it is now, all of it")
    assert changed.replace("\u200b", "").strip() == "Longest call, in minutes: 15 → 20."
    assert "By: " in now


def test_what_is_to_be_done_ends_with_one_mark(tmp_path, cast):
    cast.change("wizard.md", "{{user_name}}!", "{{usr_name}}!")
    cast.change("captain.md", "voice:", "voise:")
    words = shown(preview_of(tmp_path, cast))
    assert "did you mean {{user_name}}?" in words
    assert "did you mean 'voice'?" in words
    assert "?." not in words


def test_a_broken_file_says_which_line_and_what_to_do(tmp_path, cast):
    cast.change("wizard.md", "memory: own", "memory: maybe")
    words = shown(preview_of(tmp_path, cast))
    assert "Merlin cannot go live yet:" in words
    assert "line 8: 'memory' must be own, shared or none" in words


def test_a_new_file_that_is_broken_is_called_by_its_file(tmp_path, cast):
    cast.write("pirate.md", "---\nname: Flint\n---\nBody\n")
    words = shown(preview_of(tmp_path, cast))
    assert "pirate cannot go live yet:" in words
    assert "key 'greeting' is missing; add it." in words


def test_what_a_character_remembers_is_said_where_nothing_changes_about_it(tmp_path, cast):
    cast.change("captain.md", "Ahoy", "Oy")
    words = shown(preview_of(tmp_path, cast))
    assert "What it may remember, and who else reads it: Nan remembers what members said to Nan" in words
    assert "Privacy" not in words


def test_files_that_all_have_in_common_are_told_after_the_characters(tmp_path, cast):
    cast.change("house-rules.md", "Say that", "Say kindly that")
    cast.change("captain.md", "Ahoy", "Oy")
    cast.change("voices.yaml", "eleven_flash_v2", "eleven_turbo_v2")
    words = shown(preview_of(tmp_path, cast)).replace("\u200b", "")
    assert "The house rules change, for every character." in words
    assert words.index("Nan (changed)") < words.index("House rules") < words.index("Voices")
    assert "Merlin and Nan speak with it." in words


def test_nothing_changed_is_a_sentence_too(tmp_path, cast):
    assert "Nothing that members notice." in preview_of(tmp_path, cast)


def test_what_has_no_room_in_a_summary_is_counted(tmp_path, cast):
    before = read_folder(cast.folder)
    for name in ("wizard.md", "captain.md"):
        cast.change(name, "You ", "Now you ")
    after = read_folder(cast.folder)
    whole = preview(compare(before, after), after, OCCASION)
    part = preview(compare(before, after), after, OCCASION, most_bytes=len(whole.encode()) - 1)
    assert "… and 1 character more: there is no room here." in part
    assert "(changed)" in part


TEXT = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=20)), min_size=1, max_size=4).map(
    "".join
)


def quoted(text: str) -> str:
    """Return a text as YAML has it in quotes, without what YAML or a persona may not hold."""
    kept = "".join(letter for letter in text if letter.isprintable())
    return '"' + kept.replace("\\", "\\\\").replace('"', '\\"') + '"'


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(TEXT, min_size=6, max_size=6))
def test_nobody_is_pinged_and_nothing_but_words_is_rendered(cast, texts):
    name, tagline, author, greeting, tag, body = texts
    before = read_folder(cast.folder)
    fields = {"name": name[:30], "tagline": tagline, "author": author[:30], "greeting": greeting}
    front = "\n".join(f"{key}: {quoted(text)}" for key, text in fields.items())
    tags = f"tags: [{quoted(tag[:20])}, {quoted(tag[:20])}]"
    source = f"---\n{front}\nvoice: old-storyteller\nmemory: shared\n{tags}\n---\n{body}\n\n```\n{body}\n"
    cast.write("pirate.md", source)
    nan = (cast.folder / "captain.md").read_text().replace("name: Nan", "name: Merlin")
    cast.write("wizard.md", f"{nan}{body}\n```\n</details>\n@bob\n")
    after = read_folder(cast.folder)
    event("pirate is fine" if "pirate" in after.cast.personas else "pirate is broken")
    event("wizard is fine" if "wizard" in after.cast.personas else "wizard is broken")
    text = preview(compare(before, after), after, OCCASION)
    assert_only_words(text)


@pytest.mark.parametrize("trick", HOSTILE)
def test_what_is_wrong_with_a_file_is_words_too(cast, trick):
    before = read_folder(cast.folder)
    cast.write(
        "wizard.md",
        f"---\nname: Merlin\n{quoted(trick)}: 1\nvoice: {quoted(trick)}\n---\nBody {{{{{trick}}}}}\n",
    )
    after = read_folder(cast.folder)
    text = preview(compare(before, after), after, OCCASION)
    assert "Merlin cannot go live yet" in text
    assert_only_words(text)


def test_names_are_words_where_a_voice_is_theirs(cast):
    cast.change("wizard.md", "name: Merlin", 'name: "@bob <b> ![x](https://example.org)"')
    before = read_folder(cast.folder)
    cast.change("voices.yaml", "eleven_flash_v2", "eleven_turbo_v2")
    after = read_folder(cast.folder)
    text = preview(compare(before, after), after, OCCASION)
    assert "speak with it" in shown(text)
    assert_only_words(text)


def assert_only_words(text: str) -> None:
    """Nothing but words, what is bold, and code blocks; nobody is called by name, and nothing is linked."""
    allowed = {"text", "strong_open", "strong_close", "code_inline"}
    for token in read(text):
        if token.type == "html_block":
            assert re.fullmatch(r"<details><summary>[\w ,]+</summary>\n?|</details>\n?", token.content)
        if token.type == "inline":
            assert {child.type for child in token.children or ()} <= allowed
    assert not re.search(r"@[A-Za-z0-9]|://|www\.|#[0-9]", shown(text), re.IGNORECASE)


@pytest.mark.parametrize("setting", ["ELEVENLABS_API_KEY", "DATABASE_URL"])
def test_no_setting_is_read_where_the_folder_is_named(tmp_path, cast, setting):
    environment = {**kept_environment(), setting: "nonsense"}
    (tmp_path / ".env").write_text("LISTEN=nonsense\n")
    done = run(tmp_path, ["personas", "preview", "--base", "HEAD", "--dir", str(cast.folder)], environment)
    assert done.returncode == 0, done.stderr


def test_advice_is_one_paragraph_of_each_character_and_is_no_markup(tmp_path, cast):
    cast.change(
        "wizard.md",
        "You like tea.",
        "[free](https://x.example) *waves at you*\n\n# Tone\n\n# Environment",
    )
    words = shown(preview_of(tmp_path, cast)).replace("\u200b", "")
    [advice] = [line for line in words.splitlines() if line.startswith("Worth a thought, and stops nothing:")]
    assert "there is no section '# Guardrails'; add it" in advice
    assert "'*waves at you*' is a stage direction" in advice
    assert "the section '# Tone' is empty" in advice
    assert "[free]" not in advice
    assert "Nan" not in words.partition("Worth a thought")[2]


def test_more_advice_than_five_pieces_is_counted(tmp_path, cast):
    empty = "\n\n".join(f"# Part {number}" for number in range(9))
    cast.change("wizard.md", "You like tea.", empty)
    assert "is empty; write it, or take the heading out. And 6 more." in shown(preview_of(tmp_path, cast))
