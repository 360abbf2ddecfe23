"""What runs on pull requests with characters: harmless for whoever opens one, and clear to them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.personas.lint_samples import GOOD, make_folder
from tests.program import ROOT, kept_environment

GITHUB = ROOT / ".github"
TEXT = (GITHUB / "workflows" / "personas.yml").read_text()
WORKFLOW = yaml.safe_load(TEXT)
STEPS = WORKFLOW["jobs"]["characters"]["steps"]
RUNS = {step["name"]: step for step in STEPS if "run" in step}
INSTALL, ANNOTATE, SUMMARISE = RUNS


def test_it_runs_on_pull_requests_alone_and_can_only_read():
    assert set(WORKFLOW[True]) == {"pull_request"}
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert all("permissions" not in job for job in WORKFLOW["jobs"].values())
    checkouts = [step for step in STEPS if str(step.get("uses")).startswith("actions/checkout@")]
    assert [step["with"]["persist-credentials"] for step in checkouts] == [False, False]


def test_it_knows_no_secret_and_puts_nothing_of_a_pull_request_into_a_command():
    code = "\n".join(line for line in TEXT.splitlines() if not line.lstrip().startswith("#"))
    assert not re.search(r"secrets|pull_request_target|github\.(event|head_ref|token)", code)
    assert not [step for step in RUNS.values() if "${{" in step["run"]]
    assert "--offline" in RUNS[ANNOTATE]["run"]


def test_no_code_of_a_pull_request_is_there_while_troupe_is_installed():
    """Python and pip run what lies in the folder they start in, and pip what a project's own file names."""
    program, characters = (STEPS.index(one) for one in STEPS if "actions/checkout@" in str(one.get("uses")))
    assert program < STEPS.index(RUNS[INSTALL]) < characters < STEPS.index(RUNS[ANNOTATE])
    ours, theirs = STEPS[program]["with"], STEPS[characters]["with"]
    assert ours["repository"] == "${{ env.TROUPE_REPOSITORY || github.repository }}"
    assert ours["ref"] == "${{ env.TROUPE_REPOSITORY == '' && github.base_ref || env.TROUPE_REF }}"
    assert not {"repository", "ref", "path"} & set(theirs)
    for name in (ANNOTATE, SUMMARISE):
        assert not re.search(r"python|pip |make|\bcd\b|source", RUNS[name]["run"])


def test_it_installs_what_make_installs(tmp_path):
    python = tmp_path / "bin" / "python"
    made = tmp_path / "temp" / "troupe" / "bin" / "python"
    python.parent.mkdir()
    made.parent.mkdir(parents=True)
    for path in (python, made):
        path.write_text(f'#!/bin/sh\necho "$0 $*" >>"{tmp_path}/asked"\n')
        path.chmod(0o755)
    (tmp_path / "checkout" / ".troupe").mkdir(parents=True)
    (tmp_path / "checkout" / ".troupe" / "requirements.lock").write_text("")
    done = step(INSTALL, tmp_path, PATH=f"{python.parent}:{os.environ['PATH']}")
    assert done.returncode == 0, done.stderr
    code = tmp_path / "temp" / "code"
    assert (code / "requirements.lock").exists()
    assert not list((tmp_path / "checkout").iterdir())
    venv, locked, ours = (tmp_path / "asked").read_text().splitlines()
    assert venv == f"{python} -m venv {tmp_path}/temp/troupe"
    pip = f"{made} -m pip install --quiet --disable-pip-version-check "
    assert locked == f"{pip}--require-hashes --requirement {code}/requirements.lock"
    assert ours == f"{pip}--no-deps --no-build-isolation --editable {code}"
    makefile = (ROOT / "Makefile").read_text()
    assert "--require-hashes --requirement requirements.lock" in makefile
    assert "--no-deps --no-build-isolation --editable ." in makefile


def step(name: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a step as GitHub does: in the checkout, by bash, which stops at the first failure."""
    environment = {
        **kept_environment(),
        **WORKFLOW["env"],
        "RUNNER_TEMP": str(folder / "temp"),
        "GITHUB_WORKSPACE": str(folder / "checkout"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        **more,
    }
    (folder / "checkout").mkdir(exist_ok=True)
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", RUNS[name]["run"]],
        cwd=folder / "checkout",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture(params=["personas", "."])
def pull_request(tmp_path, request):
    """A checkout of a pull request's merge, and the installed program; returns what makes the change."""
    inside = request.param
    program = tmp_path / "temp" / "troupe" / "bin" / "troupe"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m bot "$@"\n')
    program.chmod(0o755)
    checkout = tmp_path / "checkout"
    checkout.mkdir()

    def git(*words):
        who = ["-c", "user.name=Mira", "-c", "user.email=mira@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *words], cwd=checkout, env=kept_environment(), check=True)

    def propose(text, more=()):
        git("init", "-q", "-b", "main")
        make_folder(checkout / inside)
        git("add", "-A")
        git("commit", "-q", "-m", "cast")
        git("switch", "-q", "-c", "new")
        make_folder(checkout / inside, text)
        for name, other in dict(more).items():
            (checkout / inside / name).write_text(other)
        git("add", "-A")
        git("commit", "-q", "-m", "change", "--allow-empty")
        git("switch", "-q", "main")
        git("merge", "-q", "--no-ff", "--no-edit", "new")
        settings = {"PERSONAS_DIR": inside}
        return [step(name, tmp_path, **settings) for name in (ANNOTATE, SUMMARISE)]

    propose.path = f"{inside}/ada.md".removeprefix("./")
    return propose


def test_a_mistake_stands_beside_its_line_and_in_the_summary(tmp_path, pull_request):
    annotated, summarised = pull_request(GOOD.replace("greeting:", "greting:", 1))
    sentence = "unknown key 'greting'; did you mean 'greeting'?"
    path = pull_request.path
    assert annotated.stdout == f"::error file={path},line=6,col=1,title=Mend this::{sentence}\n"
    assert annotated.returncode == 1
    assert summarised.returncode == 0, summarised.stderr
    summary = (tmp_path / "summary.md").read_text()
    assert summary.startswith("## Please mend this\n\nEach line names the file, ")
    assert f"\n    {path}:6:1: {sentence}\n" in summary


def test_where_nothing_is_to_be_said_of_the_files_no_empty_block_stands(tmp_path, pull_request):
    pull_request(GOOD.replace("You are Ada.", "You are Ada of the coast."))
    summary = (tmp_path / "summary.md").read_text()
    assert summary.startswith("## Nothing has to be mended\n\n# What this changes in the cast\n")


def test_what_members_would_notice_is_in_the_summary(tmp_path, pull_request):
    annotated, summarised = pull_request(GOOD.replace("Hello, {{user_name}}.", "Hello! *waves*"))
    assert annotated.returncode == 0
    assert annotated.stdout.startswith(
        f"::warning file={pull_request.path},line=6,col=11,title=Advice::'*waves*'"
    )
    assert summarised.returncode == 0, summarised.stderr
    summary = (tmp_path / "summary.md").read_text()
    assert summary.startswith("## Nothing has to be mended\n")
    assert ":6:11: advice: '*waves*' is a stage direction" in summary
    assert "1 character: 1 changed." in summary
    assert "could not be shown" not in summary


def test_a_summary_is_never_larger_than_the_site_shows(tmp_path, pull_request):
    keys = "".join(f"{'ü' * 60}{number}: x\n" for number in range(450))
    broken = GOOD.replace("greeting:", f"{keys}greeting:", 1)
    _, summarised = pull_request(GOOD, {f"bot-{number}.md": broken for number in range(20)})
    assert summarised.returncode == 0, summarised.stderr
    summary = (tmp_path / "summary.md").read_bytes()
    assert len(summary) < 1024 * 1024
    assert b"There is more: the log of the step before" in summary


def test_the_summary_is_written_also_where_the_first_look_failed():
    assert "!cancelled()" in RUNS[SUMMARISE]["if"]
    (characters,) = (one for one in STEPS if "fetch-depth" in one.get("with", {}))
    assert f"steps.{characters['id']}.outcome == 'success'" in RUNS[SUMMARISE]["if"]


def test_the_questions_of_a_pull_request_are_those_that_reviewers_ask():
    asked = (GITHUB / "pull_request_template.md").read_text()
    assert asked.count("- [ ]") == 5
    for words in (
        "real, living person",
        "I may use the text",
        "I may use the picture",
        "its owner agreed",
        "shared",
    ):
        assert words in asked


def test_the_example_of_who_must_agree_does_nothing_before_somebody_edits_it():
    lines = (GITHUB / "CODEOWNERS").read_text().splitlines()
    assert not [line for line in lines if line and not line.startswith("#")]
    paths = [line.split()[1] for line in lines if "@OWNER" in line]
    assert paths == ["/personas/", "/personas/house-rules.md", "/personas/voices.yaml", "/.github/"]
    assert all((ROOT / path.strip("/")).exists() for path in paths)
