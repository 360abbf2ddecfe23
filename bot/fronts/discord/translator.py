"""The names and descriptions of our commands in other languages: dictionary look-ups, for every locale.

Source: Discord, "Localization"; discord.py asks once for each string and locale when commands are synced.
"""

from collections.abc import Mapping

from discord import Locale, app_commands
from discord.app_commands import TranslationContextLocation as Place

from bot.fronts.languages.catalogue import CATALOGUES
from bot.fronts.languages.language import CommandWords


class Dictionary(app_commands.Translator):
    """Looks words up by where they stand; what is not there stays English."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Return the word in a locale, None for English and unknown ones."""
        language = CATALOGUES.get(locale.value.partition("-")[0])
        return _words_at(context.location, language.commands).get(string.message) if language else None


def _words_at(place: Place, words: CommandWords) -> Mapping[str, str]:
    """Return what things are called in one place; all else is a description."""
    match place:
        case Place.command_name | Place.group_name:
            return words.commands
        case Place.parameter_name:
            return words.options
        case Place.choice_name:
            return words.choices
        case _:
            return words.descriptions
