"""Settings: what an operator may write, and the one sentence where it cannot be used."""

import pytest

from bot.cli.whereabouts import public_url_of
from bot.config import Settings, read_settings
from bot.domain.board import read_boards
from bot.domain.errors import SettingsError
from bot.domain.shards import WantedShards

NUMBERS = sorted(name for name, field in Settings.model_fields.items() if field.annotation is int)


def complaint(monkeypatch: pytest.MonkeyPatch, name: str, written: str) -> str:
    """Return what an operator reads who wrote this."""
    monkeypatch.setenv(name.upper(), written)
    with pytest.raises(SettingsError) as refusal:
        read_settings(None)
    return str(refusal.value)


@pytest.mark.parametrize("written", ["30.000", "30,000", "30.0", "3_0", "3e1", "x", "", "٣٠", "9" * 5_000])
@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_is_written_with_digits_only(monkeypatch, name, written):
    said = complaint(monkeypatch, name, written)
    assert said == f"{name.upper()} cannot be used: write a whole number without points or commas."


@pytest.mark.parametrize("name", NUMBERS)
def test_spaces_around_a_number_do_no_harm(monkeypatch, name):
    monkeypatch.setenv(name.upper(), " 30 ")
    assert getattr(read_settings(None), name) == 30


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_out_of_its_bounds_is_told_both(monkeypatch, name):
    for written in ("-1", "9" * 18):
        said = complaint(monkeypatch, name, written)
        assert said.startswith(f"{name.upper()} cannot be used: write a number from ")
    if name == "calls_per_day":
        assert said == "CALLS_PER_DAY cannot be used: write a number from 0 to 1000."


def test_words_that_are_too_long_are_told_how_long_they_may_be(monkeypatch):
    said = complaint(monkeypatch, "community_name", "o" * 81)
    assert said == "COMMUNITY_NAME cannot be used: write 80 characters at most."


@pytest.mark.parametrize("written", ["a", "x" * 15, f"{'x' * 16},short", "x" * 16 + " y", "ß" * 16])
def test_a_secret_that_can_be_guessed_or_is_no_header_is_refused_with_how_to_make_one(monkeypatch, written):
    said = complaint(monkeypatch, "elevenlabs_inbound_secret", written)
    assert said == (
        "ELEVENLABS_INBOUND_SECRET cannot be used: a secret has 16 plain characters or more and no spaces; "
        'make one with: python -c "import secrets; print(secrets.token_urlsafe(32))".'
    )


def test_both_secrets_of_a_rotation_are_read(monkeypatch):
    for name, written in (
        ("api_key", "sk"),
        ("agent_id", "agent_1"),
        ("inbound_secret", "x" * 16 + ", " + "~" * 16),
    ):
        monkeypatch.setenv(f"ELEVENLABS_{name.upper()}", written)
    secrets = [secret.get_secret_value() for secret in read_settings(None).elevenlabs_inbound_secret]
    assert secrets == ["x" * 16, "~" * 16]


@pytest.mark.parametrize("written", ["abc", "a.b.c", "x" * 60, "MTIz NDU2.x.y"])
def test_what_is_no_discord_token_is_told_where_one_is_and_is_not_repeated(monkeypatch, written):
    said = complaint(monkeypatch, "discord_token", written)
    assert "copy it under Bot, Reset Token" in said
    assert written not in said


@pytest.mark.parametrize("written", ["The Inn", "123", "123456789012345678;234567890123456789"])
def test_what_is_no_id_of_a_server_is_told_how_to_find_one(monkeypatch, written):
    assert "Copy Server ID" in complaint(monkeypatch, "discord_servers", written)


@pytest.mark.parametrize(
    "written",
    ["cellar", "discord:12", "discord:#cellar", "slack:C0123ABCD", "slack:T0123ABCD", "123456789012345678"],
)
def test_what_is_no_channel_to_announce_in_is_told_how_one_is_written(monkeypatch, written):
    assert complaint(monkeypatch, "troupe_announce", f"discord:123456789012345678, {written}") == (
        "TROUPE_ANNOUNCE cannot be used: write discord: and a channel's id, or slack: with TEAM/CHANNEL such "
        "as slack:T0123ABCD/C0123ABCD; several with commas."
    )


def test_channels_to_announce_in_are_read_once_each():
    read = read_boards(" discord:123456789012345678,slack:T0123ABCD/C0123ABCD,,discord:123456789012345678")
    assert [str(board) for board in read] == ["discord:123456789012345678", "slack:T0123ABCD/C0123ABCD"]


def test_a_word_that_is_none_of_those_is_told_them(monkeypatch):
    assert (
        complaint(monkeypatch, "hosted_context", "all")
        == "HOSTED_CONTEXT cannot be used: write none, hint or full."
    )


def test_a_yes_or_no_is_told_its_two_words(monkeypatch):
    assert (
        complaint(monkeypatch, "discord_user_install", "maybe")
        == "DISCORD_USER_INSTALL cannot be used: write true or false."
    )


@pytest.mark.parametrize(
    ("count", "ids", "database", "said"),
    [
        ("0", "0-3", "", "SHARD_IDS is set, so SHARD_COUNT is needed too"),
        ("4", "2-4", "", "SHARD_IDS names shard 4, but SHARD_COUNT is 4, so there is only 0-3."),
        ("4", "0-1", "sqlite:///data/troupe.db", "DATABASE_URL is a file, which one process has to itself"),
        ("4", "0,x", "", "SHARD_IDS cannot be used: write shards and ranges of them with commas"),
        ("4", "0-2,1", "", "SHARD_IDS cannot be used: write each shard once; 1 stands there twice."),
    ],
)
def test_shards_that_cannot_be_are_refused_in_one_sentence(monkeypatch, count, ids, database, said):
    monkeypatch.setenv("SHARD_COUNT", count)
    monkeypatch.setenv("DATABASE_URL", database or "postgresql://troupe@db/troupe")
    told = complaint(monkeypatch, "shard_ids", ids)
    assert said in told
    assert "\n" not in told


def test_shards_are_read_and_one_process_may_name_all_of_a_file(monkeypatch):
    monkeypatch.setenv("SHARD_COUNT", "4")
    monkeypatch.setenv("SHARD_IDS", "2-3, 0-1")
    assert read_settings(None).shards == WantedShards(4, (0, 1, 2, 3))


@pytest.mark.parametrize(
    ("listen", "url"),
    [
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("0.0.0.0:8080", "http://127.0.0.1:8080"),
        ("[::]:8080", "http://[::1]:8080"),
        ("box:80", "http://box:80"),
    ],
)
def test_in_the_sandbox_links_lead_to_an_address_that_a_browser_can_open(listen, url):
    assert public_url_of(Settings(_env_file=None), listen) == url
    assert (
        public_url_of(Settings(_env_file=None, public_url="https://x.example"), listen) == "https://x.example"
    )
