"""The lines that back up a server, as a page shows them, do so with a real one."""

import shlex

import pytest

from storage import open_store
from tests.docs.pages import Page
from tests.postgres_server import Server

KEYS = ("a key of this test, long enough for it",)


@pytest.mark.anyio
async def test_the_lines_that_back_up_a_server_work(server: Server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where the lines put their files
    url = server.new_database()
    async with open_store(url, KEYS):
        pass
    lines = [line for line in Page("docs/several-machines.md").lines if line.startswith("pg_")]
    assert [line.split()[0] for line in lines] == ["pg_dump", "pg_restore", "pg_dump"]
    for line in lines:
        program, *arguments = shlex.split(line.replace('"$DATABASE_URL"', shlex.quote(url)))
        server.run(program, *arguments)
    assert {path.name for path in tmp_path.iterdir()} == {"troupe.dump", "erased.dump"}
    async with open_store(url, KEYS):
        pass
