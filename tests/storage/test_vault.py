"""What is sealed opens with any of the keys, and fingerprints stay when a key is added."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import SettingsError
from storage.vault import Vault

OLD, MIDDLE, NEW = "old" * 11, "middle" * 6, "new" * 11


@given(st.text())
def test_what_was_sealed_opens_again(text: str) -> None:
    vault = Vault([OLD])
    assert vault.open(vault.seal(text)) == text


def test_a_sealed_text_shows_nothing_and_never_looks_the_same() -> None:
    vault = Vault([OLD])
    one, two = vault.seal("+4930123456"), vault.seal("+4930123456")
    assert one != two
    assert b"4930123456" not in one


def test_after_a_rotation_what_was_sealed_still_opens_and_the_new_key_seals() -> None:
    rotated = Vault([NEW, MIDDLE, OLD])
    for before in (Vault([OLD]), Vault([MIDDLE, OLD])):
        assert rotated.open(before.seal("+4930123456")) == "+4930123456"
    assert Vault([NEW]).open(rotated.seal("+4930123456")) == "+4930123456"


def test_another_key_and_damage_are_refused_without_a_word_of_what_was_sealed() -> None:
    sealed = Vault([OLD]).seal("+4930123456")
    for vault, text in ((Vault([NEW]), sealed), (Vault([OLD]), sealed[:-9]), (Vault([OLD]), b"")):
        with pytest.raises(SettingsError, match="sealed with another key, or is damaged") as refusal:
            vault.open(text)
        assert refusal.value.__suppress_context__
        assert OLD not in str(refusal.value)
        assert "4930123456" not in str(refusal.value)


@given(st.text())
def test_a_fingerprint_stays_after_a_rotation(text: str) -> None:
    assert Vault([OLD]).fingerprint("phone", text) == Vault([NEW, MIDDLE, OLD]).fingerprint("phone", text)


def test_fingerprints_differ_by_text_by_purpose_and_by_key() -> None:
    prints = {
        vault.fingerprint(purpose, text)
        for vault in (Vault([OLD]), Vault([NEW]))
        for purpose in ("phone", "allowance")
        for text in ("+4930123456", "+4930123457")
    }
    assert len(prints) == 8
    assert all(len(bytes.fromhex(mark)) == 32 for mark in prints)


def test_a_fingerprint_is_the_same_in_every_version_of_this_program() -> None:
    made = Vault(["k" * 32]).fingerprint("phone", "+4930123456")
    assert made == "6213917e23746af5fa342d913bcc493100a6469bc00034a861d470d6081e1e36"


def test_a_vault_shows_no_key() -> None:
    vault = Vault([NEW, OLD])
    assert repr(vault) == str(vault) == "<Vault of 2 keys>"
    assert not hasattr(vault, "__dict__")
    assert not [key for key in (NEW, OLD) if key in " ".join(vault.checks)]
    with pytest.raises(ValueError, match="needs a key"):
        Vault([])
