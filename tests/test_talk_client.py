"""``troupe talk-client fetch``: what npm brings is checked before anything is taken over."""

import hashlib
import io
import json
import os
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from bot.cli.npm import fetch_files, missing
from bot.domain.errors import OperatorError
from bot.web.talk_client import LIBRARY, NO_TALK_CLIENT, SERVED, PinnedFile, read_talk_client

CONTENT = b"what a package has"
FILE = PinnedFile("@some/package@1.2.3", "dist/lib.js", "lib.js", hashlib.sha256(CONTENT).hexdigest())
OTHER = PinnedFile("@some/package@1.2.3", "README.md", "read.md", hashlib.sha256(b"read me").hexdigest())

NPM = """\
#!{python}
import json, pathlib, shutil, sys
folder = pathlib.Path(sys.argv[sys.argv.index("--pack-destination") + 1])
pathlib.Path({log!r}).open("a").write(json.dumps(sys.argv[1:]) + "\\n")
if {stderr!r}:
    sys.exit({stderr!r})
shutil.copy({archive!r}, folder / "some-package-1.2.3.tgz")
print(json.dumps([{{"filename": {filename!r}}}]))
"""


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """Put a program that is called npm in front of all others; it packs what it is given, or fails."""
    folder, log = tmp_path / "bin", tmp_path / "npm.log"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def stand_in(members=None, *, stderr="", filename="some-package-1.2.3.tgz") -> Path:
        archive = tmp_path / "some.tgz"
        with tarfile.open(archive, "w:gz") as package:
            for name, data in (members or {}).items():
                info = tarfile.TarInfo(f"package/{name}")
                info.size = len(data)
                package.addfile(info, io.BytesIO(data))
        program = folder / "npm"
        program.write_text(
            NPM.format(
                python=sys.executable, log=str(log), stderr=stderr, archive=str(archive), filename=filename
            )
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return log

    return stand_in


@pytest.mark.parametrize("filename", ["some-package-1.2.3.tgz", "@some/package-1.2.3.tgz"])
def test_each_package_is_fetched_once_and_only_its_pinned_files_are_kept(npm, tmp_path, filename):
    log = npm({FILE.path: CONTENT, OTHER.path: b"read me", "more.js": b"more"}, filename=filename)
    folder = tmp_path / "data" / "talk-client"
    assert fetch_files([FILE, OTHER], folder) == len(CONTENT) + len(b"read me")
    assert sorted(path.name for path in folder.iterdir()) == ["lib.js", "read.md"]
    assert missing([FILE, OTHER], folder) == []
    (command,) = map(json.loads, log.read_text().splitlines())
    assert command[:2] == ["pack", "@some/package@1.2.3"]
    assert not [argument for argument in command if "registry" in argument]


def test_what_has_another_hash_is_not_taken_over_nor_is_anything_with_it(npm, tmp_path):
    npm({FILE.path: CONTENT, OTHER.path: b"something else"})
    folder = tmp_path / "client"
    with pytest.raises(OperatorError, match=r"README.md has another hash. Nothing was taken over"):
        fetch_files([FILE, OTHER], folder)
    assert list(folder.iterdir()) == []


def test_a_package_without_the_file_is_another_package(npm, tmp_path):
    npm({OTHER.path: b"read me"})
    with pytest.raises(OperatorError, match="not what Troupe was made for"):
        fetch_files([FILE], tmp_path / "client")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("npm error code ENOTFOUND", "Is this machine online"),
        ("npm ERR! code ECONNREFUSED", "Is this machine online"),
        ("npm error code E404", "there is no @some/package@1.2.3"),
        ("npm error code ENOSPC", "The disk is full"),
        ("npm error code EINTEGRITY", r"could not fetch @some/package@1.2.3 \(EINTEGRITY\)"),
        ("something strange", "shows what it says to that"),
    ],
)
def test_what_npm_complains_about_becomes_a_sentence_that_says_what_to_do(npm, tmp_path, said, words):
    npm(stderr=said)
    with pytest.raises(OperatorError, match=words):
        fetch_files([FILE], tmp_path / "client")


def test_a_folder_that_cannot_be_written_is_named(npm, tmp_path):
    npm({FILE.path: CONTENT})
    (tmp_path / "client").write_text("a file")
    with pytest.raises(OperatorError, match="TALK_CLIENT_DIR"):
        fetch_files([FILE], tmp_path / "client")


def typed(tmp_path: Path, *arguments: str, path: str) -> subprocess.CompletedProcess[str]:
    """Run the program as an operator does, in a folder of its own."""
    return subprocess.run(
        [sys.executable, "-m", "bot", "talk-client", *arguments],
        cwd=tmp_path,
        env={"PATH": path, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def test_without_npm_the_operator_is_told_where_it_comes_from(tmp_path):
    done = typed(tmp_path, "fetch", path=str(tmp_path))
    assert done.returncode == 2
    assert "npm is not there. It comes with Node.js" in done.stderr
    assert "Traceback" not in done.stderr
    told = typed(tmp_path, "fetch", "--json", path=str(tmp_path))
    assert told.returncode == 2
    assert "Node.js" in json.loads(told.stdout)["error"]


def test_help_says_what_it_does(tmp_path):
    assert "check it by hash" in typed(tmp_path, "fetch", "--help", path="").stdout


def test_a_folder_with_another_file_gives_no_client_and_a_warning(tmp_path, caplog):
    assert read_talk_client(tmp_path / "nothing") is NO_TALK_CLIENT
    assert caplog.text == ""
    for file in SERVED:
        (tmp_path / file.name).write_bytes(b"something else")
    assert read_talk_client(tmp_path) is NO_TALK_CLIENT
    assert f"{LIBRARY.name} is not the file that it should be" in caplog.text
    assert "troupe talk-client fetch" in caplog.text
