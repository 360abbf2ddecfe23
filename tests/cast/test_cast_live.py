"""The cast of a running bot, while people edit its folder."""

import pytest
from cast_samples import RULES, VOICES, WIZARD, with_line, with_voice

from bot.cast import LiveCast
from bot.domain.errors import OperatorError, SettingsError, UnknownPersona
from bot.domain.persona import git_blob_id

CAPTAIN = WIZARD.replace("name: Merlin", "name: Captain Nan").replace("You are Merlin.", "You are Nan.")


@pytest.fixture
def live(folder):
    (folder / "captain.md").write_text(CAPTAIN)
    return LiveCast(folder)


def reasons(problems):
    return [f"{problem.path.name}: {problem.reason}" for problem in problems]


def test_characters_are_found_by_slug_and_by_name_however_they_are_typed(live):
    for typed in ["wizard", "WIZARD", " merlin ", "Merlin"]:
        assert live.get(typed).slug == "wizard"
    assert live.get("captain nan").slug == "captain"
    assert [persona.name for persona in live.all()] == ["Captain Nan", "Merlin"]


def named(name):
    return WIZARD.replace("name: Merlin", f"name: {name}")


@pytest.mark.parametrize("typed", ["ines", "INES", "inés", " Ine\u0301s ", "ine"])
def test_a_character_is_found_without_its_accents(folder, typed):
    (folder / "tutora.md").write_text(named("Inés"))
    assert LiveCast(folder).get(typed).slug == "tutora"


@pytest.mark.parametrize("typed", ["Captain", "captain nan", "Capt", "nan", "pirate", "pira"])
def test_a_character_is_found_by_a_beginning_that_no_other_has(folder, typed):
    (folder / "pirate.md").write_text(named("Captain Nan"))
    assert LiveCast(folder).get(typed).slug == "pirate"


def test_a_beginning_that_two_characters_share_names_both(folder):
    (folder / "pirate.md").write_text(named("Captain Nan"))
    (folder / "diver.md").write_text(named("Captain Nemo"))
    live = LiveCast(folder)
    with pytest.raises(
        UnknownPersona,
        match=r"^“Captain” may be Captain Nemo \(diver\) or Captain Nan \(pirate\); write more of it\.$",
    ):
        live.get("Captain")
    assert live.get("captain ne").slug == "diver"


def test_a_slug_and_a_full_name_win_over_a_beginning(folder):
    (folder / "nan.md").write_text(named("Nanette"))
    (folder / "pirate.md").write_text(named("Nan Sea"))
    (folder / "maria.md").write_text(named("Ina"))
    (folder / "tutora.md").write_text(named("Iná"))
    live = LiveCast(folder)
    assert live.get("nan").slug == "nan"
    assert live.get("iná").slug == "tutora"
    assert live.get("ina").slug == "maria"


def test_two_letters_are_too_few_for_a_beginning(live):
    with pytest.raises(UnknownPersona):
        live.get("me")


def test_a_stored_slug_stands_for_that_character_and_for_no_name(folder):
    (folder / "captain.md").write_text(CAPTAIN)
    live = LiveCast(folder)
    assert live.of_slug("captain").name == "Captain Nan"
    (folder / "captain.md").unlink()
    (folder / "bard.md").write_text(named("Captain"))
    live.refresh()
    assert live.get("captain").slug == "bard"
    for slug in ("captain", "Bard", "bar", ""):
        with pytest.raises(UnknownPersona):
            live.of_slug(slug)


def test_a_broken_file_is_on_disk_and_a_removed_one_is_not(live, folder):
    assert live.slugs_on_disk == {"wizard", "captain"}
    (folder / "bard.md").write_text("# Broken\n")
    (folder / "wizard.md").write_text("# Broken\n")
    (folder / "captain.md").unlink()
    live.refresh()
    assert live.slugs_on_disk == {"wizard", "bard"}
    folder.rename(folder.with_name(f"{folder.name}-aside"))
    live.refresh()
    assert live.slugs_on_disk == {"wizard", "bard"}


@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_stored_text_has_the_version_that_it_is_stored_under(folder, start, line_end):
    for path in (*folder.glob("*.md"), folder / "voices.yaml"):
        text = path.read_text().replace("{{crisis_line}}", "{{ crisis_line }}") + "\n"
        path.write_bytes((start + text.replace("\n", line_end)).encode())
    live = LiveCast(folder)
    texts = live.texts(live.get("wizard"))
    assert {slug for slug, _ in texts} == {"wizard", "house-rules.md", "voices.yaml"}
    assert {version for _, version in texts} == {git_blob_id(text.encode()) for text in texts.values()}
    (folder / "house-rules.md").write_text("Obey {{nobody_at_all}}.\n")
    live.refresh()
    assert live.texts(live.get("wizard")) == texts


def test_an_unknown_character_is_answered_with_the_nearest_one(live):
    with pytest.raises(
        UnknownPersona, match=r"^There is no character called “wizrd”; did you mean wizard\?$"
    ):
        live.get("wizrd")
    with pytest.raises(UnknownPersona, match="did you mean Merlin"):
        live.get("merlyn")
    with pytest.raises(UnknownPersona, match="there are captain, wizard"):
        live.get("zzz")


def test_an_unknown_character_is_echoed_without_harm(live):
    with pytest.raises(UnknownPersona) as caught:
        live.get("{{secret__x}}\x1b[31m" + "x" * 5000)
    assert "{{" not in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 150


def test_nothing_is_read_again_while_nothing_changed(live):
    before = live.cast
    assert live.refresh() == ()
    assert live.cast is before


def test_a_changed_file_replaces_its_persona(live, folder):
    old = live.get("wizard")
    (folder / "wizard.md").write_text(with_line('greeting: "Good evening, {{user_name}}."'))
    assert live.refresh() == ()
    assert live.get("wizard").greeting == "Good evening, {{user_name}}."
    assert live.get("wizard").version != old.version
    assert old.greeting == "Well met, {{user_name}}!"


def test_a_new_file_joins_and_a_deleted_one_leaves(live, folder):
    (folder / "bard.md").write_text(WIZARD.replace("name: Merlin", "name: Taliesin"))
    (folder / "captain.md").unlink()
    assert live.refresh() == ()
    assert {persona.slug for persona in live.all()} == {"wizard", "bard"}
    with pytest.raises(UnknownPersona):
        live.get("captain")


def test_a_file_that_breaks_keeps_its_last_good_version_until_it_is_fixed(live, folder):
    good = live.get("wizard")
    (folder / "wizard.md").write_text(WIZARD[:40])
    [problem] = live.refresh()
    assert problem.path == folder / "wizard.md"
    assert live.get("wizard") == good
    (folder / "wizard.md").write_text(WIZARD + "Be brief.\n")
    assert live.refresh() == ()
    assert live.get("wizard").body.endswith("Be brief.")
    assert live.cast.problems == ()


def test_the_operator_is_told_once_and_again_when_it_breaks_again(live, folder):
    (folder / "wizard.md").write_text(with_line("greting: Hi"))
    assert reasons(live.refresh()) == ["wizard.md: unknown key 'greting'; did you mean 'greeting'?"]
    assert live.refresh() == ()
    (folder / "captain.md").write_text(CAPTAIN.replace("Court wizard", "yes"))
    assert [problem.path.name for problem in live.refresh()] == ["captain.md"]
    (folder / "wizard.md").write_text(WIZARD)
    assert live.refresh() == ()
    (folder / "wizard.md").write_text(with_line("greting: Hi"))
    assert [problem.path.name for problem in live.refresh()] == ["wizard.md"]


def test_broken_house_rules_keep_the_last_good_ones(live, folder):
    rules = live.cast.house_rules
    (folder / "house-rules.md").write_text("Obey {{nobody_at_all}}.\n")
    assert [problem.path.name for problem in live.refresh()] == ["house-rules.md"]
    assert live.cast.house_rules == rules
    (folder / "house-rules.md").unlink()
    assert len(live.refresh()) == 1
    assert live.cast.house_rules == rules
    (folder / "house-rules.md").write_text("Be kind.\n")
    assert live.refresh() == ()
    assert live.cast.house_rules == "Be kind."


def test_broken_voices_keep_the_last_good_ones_and_nobody_falls_silent(live, folder):
    (folder / "voices.yaml").write_text("old-storyteller:\n")
    assert [problem.path.name for problem in live.refresh()] == ["voices.yaml"]
    (folder / "wizard.md").write_text(WIZARD + "Be brief.\n")
    assert live.refresh() == ()
    assert live.get("wizard").body.endswith("Be brief.")
    assert live.get("wizard").voice.voice_id == "JBFqnCBsd6RMkjVDRZzb"


def test_a_voice_that_gets_another_id_is_heard_at_the_next_call(live, folder):
    (folder / "voices.yaml").write_text(VOICES.replace("JBFqnCBsd6RMkjVDRZzb", "pFZP5JQG7iQjIQuC4Bku"))
    assert live.refresh() == ()
    assert live.get("wizard").voice.voice_id == "pFZP5JQG7iQjIQuC4Bku"


def test_a_voice_that_is_taken_away_leaves_its_characters_as_they_were(live, folder):
    (folder / "voices.yaml").write_text(VOICES.replace("old-storyteller", "older-storyteller"))
    assert reasons(live.refresh()) == [
        f"{name}.md: unknown voice 'old-storyteller'; did you mean 'older-storyteller'?"
        for name in ("captain", "wizard")
    ]
    assert live.get("wizard").voice.name == "old-storyteller"


def test_a_folder_that_vanishes_for_a_moment_takes_nobody_away(live, folder):
    aside = folder.with_name("aside")
    folder.rename(aside)
    assert len(live.refresh()) == 1
    assert live.refresh() == ()
    assert live.get("wizard").name == "Merlin"
    aside.rename(folder)
    assert live.refresh() == ()
    assert live.cast.problems == ()


def test_a_picture_that_changes_is_checked_again(live, folder):
    (folder / "merlin.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "wizard.md").write_text(with_line("greeting: Hi\npicture: merlin.png"))
    assert live.refresh() == ()
    (folder / "merlin.png").unlink()
    assert [problem.path.name for problem in live.refresh()] == ["wizard.md"]
    assert live.get("wizard").greeting == "Hi"


def test_a_broken_file_at_the_start_is_reported_and_left_out(folder):
    (folder / "captain.md").write_text(with_voice("nobody"))
    live = LiveCast(folder)
    assert [problem.path.name for problem in live.cast.problems] == ["captain.md"]
    assert [persona.slug for persona in live.all()] == ["wizard"]
    assert live.refresh() == ()


def test_no_valid_persona_at_all_stops_the_start(folder):
    (folder / "wizard.md").write_text("# Merlin\n")
    with pytest.raises(
        OperatorError, match=r"No persona can be loaded from .*wizard\.md:1:1: the front matter"
    ):
        LiveCast(folder)


def test_without_house_rules_nobody_may_speak(folder):
    (folder / "house-rules.md").unlink()
    with pytest.raises(SettingsError, match=r"No house rules can be loaded from .*house-rules\.md:1:1"):
        LiveCast(folder)


def test_no_folder_stops_the_start_with_one_sentence(tmp_path):
    with pytest.raises(
        SettingsError, match=r"No house rules .*nowhere:1:1: the folder of personas cannot be read"
    ):
        LiveCast(tmp_path / "nowhere")


def test_house_rules_are_joined_elsewhere_and_no_persona_holds_them(live):
    assert live.cast.house_rules == RULES.strip()
    assert all("House rules" not in persona.body for persona in live.all())
