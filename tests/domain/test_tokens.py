"""What a text costs is an estimate, and says so."""

from bot.domain.tokens import HOW_ESTIMATED, estimate_tokens


def test_a_token_is_estimated_as_four_characters():
    assert [estimate_tokens(text) for text in ("", "a", "abcd", "abcde")] == [0, 1, 1, 2]
    assert HOW_ESTIMATED == "estimated as characters / 4"
