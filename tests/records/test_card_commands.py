"""``troupe personas import-card`` and ``export-card``, as an author types them."""

import json
from pathlib import Path

import pytest
from card_samples import PIXELS, png, sample, text, texts_of
from click.testing import CliRunner, Result

from bot.cast import LiveCast, read_cast
from bot.cli.personas import personas

SHIPPED = Path(__file__).parents[2] / "personas"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cast = tmp_path / "cast"
    cast.mkdir()
    for file in SHIPPED.iterdir():
        (cast / file.name).write_bytes(file.read_bytes())
    return cast


def run(command: str, folder: Path, *arguments: object) -> Result:
    return CliRunner().invoke(personas, [command, *map(str, arguments), "--dir", str(folder)])


def refusal(command: str, folder: Path, *arguments: object) -> str:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    done = run(command, folder, *arguments)
    assert done.exit_code == 1
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before, "nothing is half-written"
    return str(done.exception)


def card_file(tmp_path: Path, card: object, name: str = "card.json") -> Path:
    path = tmp_path / name
    path.write_bytes(card if isinstance(card, bytes) else json.dumps(card).encode())
    return path


@pytest.mark.parametrize(
    ("version", "slug"),
    [(1, "rosalind-vane"), (2, "captain-odile-marsh"), (3, "professor-ignatius-holloway")],
)
def test_a_card_becomes_a_character_that_lint_finds_nothing_wrong_with(folder, tmp_path, version, slug):
    keyword = "ccv3" if version == 3 else "chara"
    live = LiveCast(folder)
    done = run("import-card", folder, card_file(tmp_path, png(text(keyword, sample(version))), "c.png"))
    assert done.exit_code == 0, done.exception
    assert f"is in {folder / slug}.md" in done.stdout
    assert live.refresh() == ()
    persona = live.get(slug)
    assert read_cast(folder).problems == ()
    assert persona.picture == f"{slug}.png"
    assert b"tEXt" not in (folder / f"{slug}.png").read_bytes()
    kept = {file.name for file in folder.iterdir()} - {file.name for file in SHIPPED.iterdir()}
    assert kept == {f"{slug}.md", f"{slug}.png", f"{slug}.card.json"}


def test_a_card_goes_in_as_a_png_and_comes_out_as_one_that_says_the_same(folder, tmp_path):
    run("import-card", folder, card_file(tmp_path, png(text("ccv3", sample(3))), "c.png"), "--slug", "iggy")
    done = run("export-card", folder, "iggy", "-o", tmp_path / "out.png")
    assert done.exit_code == 0, done.exception
    cards = texts_of((tmp_path / "out.png").read_bytes())
    assert list(cards) == ["chara", "ccv3"]
    assert cards["ccv3"]["data"].pop("extensions").keys() == {"troupe"}
    whole = sample(3)
    del whole["data"]["extensions"]
    assert cards["ccv3"] == whole
    assert cards["chara"]["spec"] == "chara_card_v2"
    assert cards["chara"]["data"]["creator_notes"].startswith("This is a Character Card V3")


def test_a_character_keeps_its_slug_on_the_way_through_a_card(folder, tmp_path):
    wizard = (folder / "wizard.md").read_text()
    run("export-card", folder, "wizard", "-o", tmp_path / "w.png")
    again = run("import-card", folder, tmp_path / "w.png", "--force")
    assert again.exit_code == 0, again.exception
    for file in folder.glob("wizard.*"):
        file.unlink()
    (folder / "merlin.png").unlink()
    run("import-card", folder, tmp_path / "w.png")
    assert (folder / "wizard.md").exists()
    assert not (folder / "merlin.md").exists()
    (folder / "wizard.md").write_text(wizard.replace("name: Merlin", "name: Bob"))
    assert run("import-card", folder, tmp_path / "w.png", "--force").exit_code == 0
    assert "name: Bob" in (folder / "wizard.md").read_text(), "it is somebody else's by now"
    assert (folder / "merlin.md").exists()


@pytest.mark.parametrize("slug", ["house-rules", "../up", "Größe", "", 3, None, ["x"]])
def test_a_slug_that_cannot_be_is_made_of_the_name(folder, tmp_path, slug):
    card = sample(2)
    card["data"]["extensions"] |= {"troupe": {"slug": slug}}
    assert run("import-card", folder, card_file(tmp_path, card)).exit_code == 0
    assert (folder / "captain-odile-marsh.md").exists()


@pytest.mark.parametrize(
    ("form", "spec"), [("v2", "chara_card_v2"), ("v3", "chara_card_v3"), ("json", "chara_card_v2")]
)
def test_the_version_of_a_card_can_be_chosen(folder, tmp_path, form, spec):
    run("import-card", folder, card_file(tmp_path, sample(1)))
    done = run("export-card", folder, "rosalind-vane", "--format", form, "-o", tmp_path / "out", "--json")
    told = json.loads(done.stdout)
    assert told == {
        "slug": "rosalind-vane",
        "file": str(tmp_path / "out"),
        "bytes": (tmp_path / "out").stat().st_size,
    }
    assert json.loads((tmp_path / "out").read_text())["spec"] == spec


def test_a_character_of_ours_travels_by_png_to_another_installation(folder, tmp_path):
    run("export-card", folder, "wizard", "-o", tmp_path / "w.png")
    for file in (folder / "wizard.md", folder / "merlin.png"):
        file.unlink()
    done = run("import-card", folder, tmp_path / "w.png", "--slug", "wizard", "--json")
    assert json.loads(done.stdout) == {
        "slug": "wizard",
        "file": str(folder / "wizard.md"),
        "picture": "wizard.png",
        "voice": "old-storyteller",
        "written": True,
        "told": [],
    }
    same = {"picture", "version", "source"}
    now, then = (read_cast(one).personas["wizard"].model_dump(exclude=same) for one in (folder, SHIPPED))
    assert now == then


def test_an_edit_of_the_persona_file_is_in_the_card_that_is_exported(folder, tmp_path):
    run("import-card", folder, card_file(tmp_path, sample(1)))
    file = folder / "rosalind-vane.md"
    file.write_text(file.read_text().replace("has lost a key", "has found a key"))
    run("export-card", folder, "rosalind-vane", "-o", tmp_path / "out.json")
    data = json.loads((tmp_path / "out.json").read_text())["data"]
    assert data["scenario"] == "The lobby, three in the morning. {{user}} has found a key."
    assert data["first_mes"] == sample(1)["first_mes"]


def test_a_dry_run_shows_the_file_and_writes_nothing(folder, tmp_path):
    before = set(folder.iterdir())
    done = run("import-card", folder, card_file(tmp_path, sample(1)), "--dry-run")
    assert done.stdout.startswith('---\nname: "Rosalind Vane"\n')
    assert set(folder.iterdir()) == before


def test_nothing_is_replaced_without_force(folder, tmp_path):
    card = card_file(tmp_path, sample(1))
    assert "wizard.md is there already" in refusal("import-card", folder, card, "--slug", "wizard")
    assert run("import-card", folder, card, "--slug", "wizard", "--force").exit_code == 0
    assert read_cast(folder).personas["wizard"].name == "Rosalind Vane"
    out = card_file(tmp_path, b"mine", "out.json")
    assert "out.json is there already" in refusal("export-card", folder, "wizard", "-o", out)
    assert out.read_bytes() == b"mine"
    assert run("export-card", folder, "wizard", "-o", out, "--force").exit_code == 0
    assert json.loads(out.read_text())["data"]["name"] == "Rosalind Vane"


@pytest.mark.parametrize(
    ("fields", "arguments", "said"),
    [
        ({}, ["--slug", "../x"], "'../x' cannot be a character's file; choose one with --slug"),
        ({}, ["--slug", "readme"], "'readme' cannot be a character's file"),
        ({}, ["--slug", "house-rules"], "'house-rules' cannot be a character's file"),
        (
            {},
            ["--slug", "nan", "--force"],
            "nan.png is the picture of captain; choose another name with --slug.",
        ),
        ({"name": "船"}, [], "No file name can be made from this name; choose one with --slug"),
        (
            {"name": "Merlin"},
            ["--slug", "x"],
            "wizard.md answers to 'Merlin' already; choose another --name.",
        ),
        (
            {"name": "wizard"},
            ["--slug", "x"],
            "wizard.md answers to 'wizard' already; choose another --name.",
        ),
        (
            {},
            ["--voice", "old-storyteler"],
            "There is no voice 'old-storyteler' in voices.yaml; there is old-storyteller.",
        ),
        (
            {},
            ["--language", "zu"],
            "No voice of voices.yaml speaks 'zu'; add one, or choose another --language.",
        ),
        ({"description": "long " * 5_000}, [], "the body is too long; use at most 20,000 characters"),
        ({"spec": "chara_card_v8"}, [], "card.json is of a kind that Troupe does not know"),
    ],
)
def test_what_stands_in_the_way_of_an_import_is_said_and_nothing_is_written(
    folder, tmp_path, fields, arguments, said
):
    card = card_file(tmp_path, {**sample(1), **fields})
    assert said in refusal("import-card", folder, card, *arguments)


def test_a_file_that_is_not_there_and_one_that_is_a_folder_are_named(folder, tmp_path):
    assert (
        refusal("import-card", folder, tmp_path / "no.png")
        == f"{tmp_path}/no.png is no file: check the path."
    )
    assert refusal("import-card", folder, tmp_path).endswith("is no file: check the path.")


def test_without_voices_the_first_problem_of_the_folder_is_said(folder, tmp_path):
    (folder / "voices.yaml").unlink()
    said = refusal("import-card", folder, card_file(tmp_path, sample(1)))
    assert said.startswith(f"{folder}/voices.yaml:1:1: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["wizzard"], "There is no character called “wizzard”; did you mean wizard?"),
        (["../wizard"], "There is no character called “../wizard”; did you mean wizard?"),
        (
            ["bare", "--format", "png"],
            "bare has no PNG picture to put a card in; write it with --format json.",
        ),
        (["wizard", "-o", "nowhere/x.json"], "nowhere cannot be written to"),
    ],
)
def test_what_stands_in_the_way_of_an_export_is_said(folder, monkeypatch, tmp_path, arguments, said):
    monkeypatch.chdir(tmp_path)
    run("import-card", folder, card_file(tmp_path, sample(1)), "--slug", "bare")
    assert said in refusal("export-card", folder, *arguments)


def test_a_broken_character_is_exported_only_when_it_is_mended(folder, tmp_path):
    (folder / "wizard.md").write_text("no front matter")
    done = run("export-card", folder, "wizard", "-o", tmp_path / "out.png")
    assert done.exit_code == 1
    assert "wizard.md:1:1: the front matter is missing" in done.stdout
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize(
    "kept", [b"{", b"{}", b'{"card": {}, "imported": {}}', b"[]", b"\xff", b"[" * 99_999]
)
def test_a_kept_card_that_is_damaged_stops_the_export_with_what_to_do(folder, tmp_path, kept):
    run("import-card", folder, card_file(tmp_path, sample(1)))
    (folder / "rosalind-vane.card.json").write_bytes(kept)
    said = refusal("export-card", folder, "rosalind-vane", "-o", tmp_path / "out.json")
    assert said.startswith(f"{folder}/rosalind-vane.card.json ")
    assert said.endswith(": restore it, or remove it to export without the card.")
    assert read_cast(folder).problems == ()


def test_a_picture_that_cannot_be_taken_is_told_and_the_character_comes_without_it(folder, tmp_path):
    card = card_file(tmp_path, png(text("chara", sample(1)), pixels=PIXELS[:-1]), "c.png")
    done = run("import-card", folder, card)
    assert "- The picture is damaged: left out." in done.stdout
    assert read_cast(folder).personas["rosalind-vane"].picture is None


def test_characters_that_nobody_sees_are_taken_out_and_told(folder, tmp_path):
    card = sample(2)
    data = card["data"]
    data["description"] = "She ig\u00adnores\u200b nothing.\r\nNot \u202ea thing."
    data["first_mes"] = "Good\u2060 evening, {{user}}."
    data["tags"] = ["sea\u200b"]
    data["character_book"] = {
        "entries": [{"keys": ["gu\u200bll"], "content": "A gull\u3164.", "enabled": True, "extensions": {}}],
        "extensions": {},
    }
    done = run("import-card", folder, card_file(tmp_path, card))
    assert done.exit_code == 0, done.exception
    fields = "character_book, description, first_mes, tags"
    assert f"- Characters that nobody sees were taken out of {fields}." in done.stdout
    persona = read_cast(folder).personas["captain-odile-marsh"]
    assert "She ignores nothing.\nNot a thing." in persona.body
    assert persona.greeting == "Good evening, {{user_name}}."
    assert persona.tags == ("sea",)
    assert (persona.lore[0].keys, persona.lore[0].text) == (("gull",), "A gull.")
    run("export-card", folder, "captain-odile-marsh", "-o", tmp_path / "out.json")
    exported = json.loads((tmp_path / "out.json").read_text())
    assert exported["data"]["description"] == data["description"], "the card itself stays as it was"


def test_what_troupe_wrote_into_a_card_loses_what_nobody_sees_as_well(folder, tmp_path):
    card = sample(2)
    card["data"]["extensions"]["troupe"] = {"greeting_returning": "Ah,\u200b again!"}
    done = run("import-card", folder, card_file(tmp_path, card))
    assert done.exit_code == 0, done.exception
    assert read_cast(folder).personas["captain-odile-marsh"].greeting_returning == "Ah, again!"


def test_lines_that_end_as_on_windows_are_nothing_unseen(folder, tmp_path):
    card = sample(2)
    card["data"]["description"] = "One.\r\nTwo."
    done = run("import-card", folder, card_file(tmp_path, card))
    assert "nobody sees" not in done.stdout
    assert "One.\nTwo." in read_cast(folder).personas["captain-odile-marsh"].body


def test_a_character_that_is_replaced_by_one_without_picture_leaves_none(folder, tmp_path):
    with_picture = card_file(tmp_path, png(text("chara", sample(2))), "with.png")
    assert run("import-card", folder, with_picture).exit_code == 0
    shown = run("import-card", folder, card_file(tmp_path, sample(2)), "--force", "--dry-run")
    assert "captain-odile-marsh.png, goes" in shown.stderr
    assert (folder / "captain-odile-marsh.png").exists()
    done = run("import-card", folder, card_file(tmp_path, sample(2)), "--force")
    assert "- The picture that was there, captain-odile-marsh.png, goes: this card has none." in done.stdout
    assert not (folder / "captain-odile-marsh.png").exists()
    cast = read_cast(folder)
    assert cast.problems == ()
    assert cast.personas["captain-odile-marsh"].picture is None
