"""A small bot on the real discord.py, which the fake Discord is tried with."""

import asyncio
import io
import re
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import yarl

from tests.fakes.discord import FakeDiscord

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of audioop, which only voice needs
    import discord as discord_py
    from discord import app_commands, ui

CAST = ("Merlin", "Mirabel", "Ada")
INTENTS = discord_py.Intents(guilds=True, dm_messages=True)


class Rate(ui.DynamicItem[ui.Button], template=r"rate:(?P<stars>[1-5])"):
    """A button that outlives the process."""

    def __init__(self, stars: int) -> None:
        super().__init__(ui.Button(label=f"{stars} stars", custom_id=f"rate:{stars}"))
        self.stars = stars

    @classmethod
    async def from_custom_id(
        cls, interaction: discord_py.Interaction, item: ui.Item, match: re.Match[str]
    ) -> "Rate":
        return cls(int(match["stars"]))

    async def callback(self, interaction: discord_py.Interaction) -> None:
        await interaction.response.edit_message(content=f"Thanks for {self.stars}.", view=None)


class AddPhone(ui.Modal, title="Add a telephone"):
    """A modal with one input."""

    number = ui.Label(text="Your number", component=ui.TextInput(custom_id="number", min_length=5))

    async def on_submit(self, interaction: discord_py.Interaction) -> None:
        assert isinstance(self.number.component, ui.TextInput)
        await interaction.response.send_message(f"We ring {self.number.component.value}.", ephemeral=True)


class WhomToCall(ui.View):
    """A select that is gone with the process."""

    @ui.select(options=[discord_py.SelectOption(label=name, value=name.lower()) for name in CAST])
    async def pick(self, interaction: discord_py.Interaction, select: ui.Select) -> None:
        await interaction.response.defer()
        await interaction.followup.send(f"You picked {select.values[0]}.", ephemeral=True)


class SmallBot(discord_py.AutoShardedClient):
    """A bot with a command of each kind; whoever writes to it hears an echo."""

    def __init__(self, intents: discord_py.Intents = INTENTS) -> None:
        super().__init__(
            intents=intents,
            shard_count=1,
            guild_ready_timeout=0.05,
            allowed_mentions=discord_py.AllowedMentions.none(),
        )
        self.tree = app_commands.CommandTree(self)
        self.heard: list[str] = []
        self.files: list[bytes] = []
        self.acts: list[discord_py.Interaction] = []
        self._add_commands()

    async def setup_hook(self) -> None:
        self.add_dynamic_items(Rate)
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait five seconds as one has to with the real Discord."""

    async def on_message(self, message: discord_py.Message) -> None:
        if message.author.id != self.user.id:
            self.heard.append(message.content)
            async with message.channel.typing():
                await message.channel.send(f"You said: {message.content}", nonce=f"echo-{message.id % 10**9}")

    async def on_interaction(self, act: discord_py.Interaction) -> None:
        self.acts.append(act)

    def _add_commands(self) -> None:
        offered = app_commands.choices(via=[app_commands.Choice(name=v, value=v) for v in ("link", "phone")])

        async def matching(_: discord_py.Interaction, typed: str) -> list[app_commands.Choice[str]]:
            fitting = [name for name in CAST if name.lower().startswith(typed.lower())]
            return [app_commands.Choice(name=name, value=name.lower()) for name in fitting]

        @self.tree.command(description="Call a character")
        @offered
        async def call(act: discord_py.Interaction, character: str, via: str = "link") -> None:
            await act.response.defer(ephemeral=True, thinking=True)
            view = ui.View(timeout=None)
            view.add_item(ui.Button(label=f"Talk with {character}", url="https://troupe.example/j/abc"))
            view.add_item(Rate(5))
            card = discord_py.Embed(title=character, description=f"by {via}").set_footer(
                text="Mind the tide."
            )
            await act.edit_original_response(embed=card, view=view)

        call.autocomplete("character")(matching)

        @self.tree.command(description="Add a telephone")
        async def phone(act: discord_py.Interaction) -> None:
            await act.response.send_modal(AddPhone())

        @self.tree.command(description="Pick somebody", nsfw=False)
        async def pick(act: discord_py.Interaction) -> None:
            await act.response.send_message("Whom?", view=WhomToCall())

        @self.tree.command(name="import", description="Bring your past")
        async def bring(act: discord_py.Interaction, file: discord_py.Attachment) -> None:
            self.files.append(await file.read())
            picture = discord_py.File(io.BytesIO(b"picture"), "past.png")
            await act.response.send_message("Read.", file=picture, ephemeral=True)

        @self.tree.command(description="Say nothing for now")
        async def quiet(act: discord_py.Interaction) -> None:
            self.heard.append("quiet")

        troupe = app_commands.Group(name="troupe", description="Manage", guild_only=True)

        @troupe.command(description="Allow somebody")
        async def allow(
            act: discord_py.Interaction,
            role: discord_py.Role,
            channel: discord_py.TextChannel,
            member: discord_py.Member,
            days: app_commands.Range[int, 1, 7] = 1,
        ) -> None:
            manages = act.permissions.manage_guild
            words = (
                f"{member.display_name} as {role.name} in {channel.name} for {days}, by a manager: {manages}"
            )
            await act.response.send_message(words)

        self.tree.add_command(troupe)


@contextmanager
def pointing_at(fake: FakeDiscord) -> Iterator[None]:
    """Let discord.py talk with the fake instead of the real Discord."""
    route, socket = discord_py.http.Route, discord_py.gateway.DiscordWebSocket
    before = route.BASE, socket.DEFAULT_GATEWAY
    route.BASE, socket.DEFAULT_GATEWAY = fake.api_url, yarl.URL(fake.gateway_url)
    try:
        yield
    finally:
        route.BASE, socket.DEFAULT_GATEWAY = before


@asynccontextmanager
async def running_bot(fake: FakeDiscord, bot: SmallBot | None = None) -> AsyncIterator[SmallBot]:
    """Run a bot until it is no longer needed."""
    bot = bot or SmallBot()
    with pointing_at(fake):
        async with bot:
            task = asyncio.create_task(bot.start(fake.token))
            await fake.is_ready()
            try:
                yield bot
            finally:
                await bot.close()
                await asyncio.wait([task], timeout=5)
    await fake.is_gone()
    assert task.exception() is None
