"""What a cast names is compared with what ElevenLabs has."""

from bot.domain.catalogue import Catalogue, Mismatch, check_llm, check_voice
from bot.domain.voice import Voice

VOICE = Voice(name="anna", voice_id="A" * 20, model="eleven_flash_v2_5", languages=("de", "pt-br"))
MODELS = {"eleven_flash_v2_5": frozenset({"de", "pt", "en"})}


def check(languages, models=MODELS, voice=VOICE):
    return list(check_voice(voice, Catalogue({voice.voice_id: languages}, models, {})))


def test_a_voice_that_is_known_in_its_languages_is_fine_whatever_the_region():
    assert check(frozenset({"de", "pt"})) == []


def test_a_voice_of_which_they_name_no_language_and_a_model_that_they_do_not_list_are_fine():
    assert check(frozenset()) == []
    assert check(frozenset({"de", "pt"}), models={}) == []
    assert check(frozenset({"de", "pt"}), models={"eleven_flash_v2_5": frozenset()}) == []


def test_a_voice_that_they_do_not_have_is_a_mistake():
    assert check(None) == [
        Mismatch(
            "voice_id",
            "your ElevenLabs account has no voice with this id; add the voice there, or copy its id anew "
            "(Voices, 'Copy voice ID')",
        )
    ]


def test_a_language_that_the_voice_is_not_known_in_is_advice():
    assert check(frozenset({"en", "de"})) == [
        Mismatch(
            "languages",
            "ElevenLabs knows this voice in de, en, not in 'pt-br'; listen to it first, or choose another",
            is_advice=True,
        )
    ]


def test_a_language_that_the_model_does_not_have_is_a_mistake():
    assert check(frozenset(), models={"eleven_flash_v2_5": frozenset({"en", "de"})}) == [
        Mismatch("model", "eleven_flash_v2_5 cannot speak 'pt-br', only de, en; choose another model")
    ]


def test_a_language_model_is_looked_for_in_their_list():
    catalogue = Catalogue({}, {}, {"gpt-4.1": False, "gemini-2.5-flash": False, "old": True})
    assert list(check_llm("gpt-4.1", catalogue)) == []
    assert [one.sentence for one in check_llm("gpt-4-1", catalogue)] == [
        "ElevenLabs has no language model 'gpt-4-1'; did you mean gpt-4.1?"
    ]
    assert [one.sentence for one in check_llm("xyz", catalogue)] == [
        "ElevenLabs has no language model 'xyz'; they have gemini-2.5-flash, gpt-4.1, old"
    ]
    assert list(check_llm("old", catalogue)) == [
        Mismatch("llm", "ElevenLabs is withdrawing old; choose another", is_advice=True)
    ]
