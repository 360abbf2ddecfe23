"""What an operator may set about Discord and Slack."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from bot.config.kinds import (
    DiscordToken,
    ServerIds,
    ShardIds,
    SlackAppToken,
    SlackBotToken,
    SlackCommand,
    SocketAddress,
    WebAddress,
)
from bot.domain.shards import MOST_SHARDS, WantedShards, read_shard_ids


class PlatformSettings(BaseSettings):
    """Those of ``bot.config.settings.Settings`` that belong to a platform."""

    discord_token: DiscordToken = Field(
        SecretStr(""), description="Token of your Discord bot. Empty: Discord is off."
    )
    discord_servers: ServerIds = Field(
        "",
        description="Ids of the Discord servers that may use it, with commas; their managers decide for "
        "everybody. Empty: each server whose manager confirmed with `/troupe here`, and the first of them "
        "decides for everybody.",
    )
    discord_user_install: bool = Field(
        False,
        description="Whether anybody may install it for themselves and call from everywhere: `true` or "
        "`false`.",
    )
    shard_count: int = Field(
        0,
        ge=0,
        le=MOST_SHARDS,
        description="How many shards Discord cuts the bot's servers into, the same in every process. `0`: as "
        "many as Discord recommends. To change it stop all processes first.",
    )
    shard_ids: ShardIds = Field(
        "",
        description="Which of them this process holds, such as `0-3` or `0,2`, where several share a "
        "Postgres database. Empty: each that no other process holds, so the first holds all and the next "
        "stand by.",
    )
    discord_api_url: WebAddress = Field(
        "https://discord.com/api/v10", description="Another address of Discord's API, as tests need it."
    )
    discord_gateway_url: SocketAddress = Field(
        "wss://gateway.discord.gg", description="Another address of Discord's gateway, as tests need it."
    )
    slack_bot_token: SlackBotToken = Field(
        SecretStr(""),
        description="Bot token (`xoxb-…`) of your Slack app. Empty, and no `SLACK_CLIENT_ID`: Slack is off.",
    )
    slack_app_token: SlackAppToken = Field(
        SecretStr(""), description="App token (`xapp-…`) for Socket Mode, which needs no public address."
    )
    slack_signing_secret: SecretStr = Field(
        SecretStr(""),
        description="Signing secret, where Slack sends its requests to `PUBLIC_URL/hooks/slack` instead.",
    )
    slack_client_id: str = Field(
        "",
        max_length=100,
        description="Client ID of your Slack app, where any workspace may install it at "
        "`PUBLIC_URL/slack/install`. Empty: it speaks in the bot token's workspace alone.",
    )
    slack_client_secret: SecretStr = Field(
        SecretStr(""), description="Client Secret that belongs to it; `SLACK_SIGNING_SECRET` is needed too."
    )
    slack_command: SlackCommand = Field("/ring", description="Our one command in Slack.")
    slack_api_url: WebAddress = Field(
        "https://slack.com/api", description="Another address of Slack's API, as tests need it."
    )

    @property
    def slack_is_on(self) -> bool:
        """Whether Slack is on: in the bot token's workspace, or in all that install the app."""
        return bool(self.slack_bot_token.get_secret_value() or self.slack_client_id)

    @property
    def shards(self) -> WantedShards:
        """Which of Discord's shards this process is to hold."""
        return WantedShards(self.shard_count, read_shard_ids(self.shard_ids))
