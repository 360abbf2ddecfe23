"""What authors are told in ``personas/README.md`` is so."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.domain.persona import FrontMatter
from bot.domain.variables import STANDARD_VARIABLES
from tests.personas.lint_samples import make_folder
from tests.program import PERSONAS, kept_environment, troupe

README = (PERSONAS / "README.md").read_text()
EXAMPLE = re.findall(r"```markdown\n(.*?)```", README, re.DOTALL)[0]
COMMANDS = [line.split("#")[0] for line in re.findall(r"^\.venv/bin/(troupe .*)$", README, re.MULTILINE)]
MESSAGES = re.findall(r"^\| `([a-z]+: .*)` \| `(.*)` \|$", README, re.MULTILINE)


def test_the_link_has_what_the_program_would_write(tmp_path):
    done = troupe(tmp_path, "personas", "new", "--link", "OWNER/REPO")
    assert f"]({done.stdout.strip()})" in README


def test_the_words_of_messages_are_explained_before_the_messages_and_the_admins_step_before_the_link():
    for words in ("the front matter", "in YAML"):
        assert 0 < README.find(words) < README.index("## What lint says")
    assert README.index("troupe personas new --link OWNER/REPO") < README.index(
        "](https://github.com/OWNER/REPO"
    )


def test_the_worked_example_leaves_nothing_to_mend_or_to_advise(tmp_path):
    make_folder(tmp_path / "cast", EXAMPLE)
    done = troupe(tmp_path, "personas", "lint", "--strict", "cast")
    assert (done.returncode, done.stdout) == (0, "")
    assert 200 <= len(EXAMPLE.split("---")[2].split()) <= 500


@pytest.mark.parametrize(("line", "message"), MESSAGES)
def test_lint_says_what_the_table_says(tmp_path, line, message):
    key = {"greting": "greeting"}.get(line.split(":")[0], line.split(":")[0])
    kept = [one for one in EXAMPLE.splitlines() if not one.startswith(f"{key}: ")]
    make_folder(tmp_path / "cast", "\n".join([kept[0], line, *kept[1:]]))
    told = troupe(tmp_path, "personas", "lint", "cast").stdout
    assert re.search(rf"^cast/ada\.md:\d+:\d+: {re.escape(message)}$", told, re.MULTILINE), told


def test_there_are_messages_and_commands_to_try():
    assert len(MESSAGES) == 7
    assert len(COMMANDS) == 7


def test_every_command_works_as_it_stands_there(tmp_path):
    shutil.copytree(PERSONAS, tmp_path / "personas")
    mira = ["git", "-c", "user.name=Mira", "-c", "user.email=mira@example.org"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "--no-gpg-sign", "-m", "cast"]):
        subprocess.run([*mira, *words], cwd=tmp_path, env=kept_environment(), check=True)
    for command in COMMANDS:
        words = shlex.split(command)[1:]
        more = ["--yes"] if words[1] == "new" else []
        done = troupe(tmp_path, *words, *more, PERSONAS_DIR="personas")
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        if words[1] == "new":
            (tmp_path / "personas" / "lighthouse.md").write_text(EXAMPLE)


def test_every_key_and_no_other_is_explained():
    table = README.split("| key | what it is |")[1].split("\n\n")[0]
    first = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    assert set(re.findall(r"`([a-z_]+)`", " ".join(first))) == set(FrontMatter.model_fields)


def test_every_placeholder_that_is_named_exists():
    prose = README.split("## What lint says")[0]
    assert set(re.findall(r"\{\{([a-z_]+)\}\}", prose)) <= set(STANDARD_VARIABLES)


def test_every_link_leads_somewhere():
    for target in re.findall(r"\]\(([^)h][^)]*)\)", README):
        file, _, heading = target.partition("#")
        assert (PERSONAS / file).exists(), target
        if heading:
            titles = re.findall(r"^#+ (.+)$", (PERSONAS / file).read_text(), re.MULTILINE)
            assert heading in {title.lower().replace(" ", "-") for title in titles}, target


def test_it_is_no_character(tmp_path):
    folder = make_folder(tmp_path / "cast")
    (folder / "README.md").write_text(README)
    (folder / "persona.schema.json").write_text((PERSONAS / "persona.schema.json").read_text())
    done = troupe(tmp_path, "personas", "lint", str(Path("cast")))
    assert (done.returncode, done.stdout) == (0, "")
