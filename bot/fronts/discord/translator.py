"""The names and descriptions of our commands in other languages: dictionary look-ups, for every locale.

Source: Discord, "Localization"; discord.py asks once for each string and locale when commands are synced.
"""

from discord import Locale, app_commands

from bot.fronts.discord.german import COMMANDS

WORDS = {"de": COMMANDS}
"""By language: what our commands, options, choices and their descriptions are called."""


class Dictionary(app_commands.Translator):
    """Looks words up; what is not there stays English."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: Locale,
        context: app_commands.TranslationContextTypes,  # noqa: ARG002
    ) -> str | None:
        """Return the word in a locale, None for English and unknown ones."""
        return WORDS.get(locale.value.partition("-")[0], {}).get(string.message)
