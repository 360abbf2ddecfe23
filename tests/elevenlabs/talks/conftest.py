"""Whom we talk with, and that no task of a talk outlives its test."""

import asyncio

import pytest

from tests.elevenlabs.talks.scripted import SECRET, Stage, serving


@pytest.fixture
async def stage():
    stage = Stage()
    async with serving(stage.handle) as url:
        stage.url = f"{url}?conversation_signature={SECRET}"
        yield stage


@pytest.fixture(autouse=True)
async def nothing_is_left_behind(stage):
    before = asyncio.all_tasks()
    yield
    ours = {task for task in asyncio.all_tasks() - before if task.get_name().startswith("talk:")}
    assert ours == set()
