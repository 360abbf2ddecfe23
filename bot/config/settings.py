"""What an operator may set, field by field."""

from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from bot.config.kinds import (
    AccountName,
    Address,
    BoardNames,
    HeaderSecrets,
    Keys,
    Networks,
    OurToken,
    Regions,
    Secrets,
    Timezone,
    WebAddress,
)
from bot.config.platforms import PlatformSettings
from bot.domain.allowance import Limits
from bot.domain.written import read_whole_number


class Settings(PlatformSettings):
    """What an operator may set; the description of a field is its row in the README."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        hide_input_in_errors=True,
        str_strip_whitespace=True,
        env_ignore_empty=False,
    )

    elevenlabs_api_key: SecretStr = Field(
        SecretStr(""), description="Your ElevenLabs key. Empty: the built-in sandbox plays ElevenLabs."
    )
    elevenlabs_agent_id: str = Field("", description="The agent that plays every character.")
    elevenlabs_phone_number_id: str = Field("", description="The number that the agent calls from.")
    elevenlabs_webhook_secret: Secrets = Field(
        (),
        description="Secret of the post-call webhook `PUBLIC_URL/hooks/elevenlabs`; during a rotation both, "
        "with a comma. Empty: transcripts are fetched instead.",
    )
    elevenlabs_inbound_secret: HeaderSecrets = Field(
        (),
        description="Secret in the header `X-Troupe-Secret` with which ElevenLabs asks "
        "`PUBLIC_URL/hooks/elevenlabs/initiation` about calls that come in, 16 characters or more; during a "
        "rotation both, with a comma. Empty: nobody answers them.",
    )
    elevenlabs_recall_secret: HeaderSecrets = Field(
        (),
        description="Secret in the header `X-Troupe-Secret` with which a character looks something up in "
        "mid-call at `PUBLIC_URL/tools/recall`, 16 characters or more; during a rotation the new one first "
        "and the old one after a comma. Empty: characters know what a call began with.",
    )
    inbound_character: str = Field(
        "", description="Slug of the character that answers strangers. Empty: the first of the cast."
    )
    elevenlabs_daily_limit: int = Field(
        100,
        ge=1,
        le=100_000,
        description="How many conversations a day a public agent has, as hosted links need one: anybody who "
        "knows its id can use them up. `troupe agent apply` sets it.",
    )
    elevenlabs_api_url: WebAddress = Field(
        "https://api.elevenlabs.io", description="Another ElevenLabs stack, such as the EU's."
    )
    elevenlabs_talk_url: WebAddress = Field(
        "https://elevenlabs.io/app/talk-to", description="Where hosted links lead."
    )
    public_url: WebAddress | None = Field(
        None,
        description="Address under which members reach this process. Empty: hosted links instead of the talk "
        "page. In the sandbox it is `http://` and `LISTEN` unless you set it.",
    )
    listen: Address = Field("127.0.0.1:8080", description="Where the web server listens.")
    trusted_proxies: Networks = Field(
        "",
        description="Addresses or networks of the proxies before it, such as `127.0.0.1`: who asks is taken "
        "from their `X-Forwarded-For`, and from nobody else's.",
    )
    metrics_token: OurToken = Field(
        SecretStr(""),
        description="Token with which Prometheus asks for `/metrics` from elsewhere, as "
        "`Authorization: Bearer`, 16 characters or more. Empty: this machine alone may ask.",
    )
    database_url: str = Field(
        "sqlite:///data/troupe.db",
        repr=False,  # it may hold a password
        description="Where everything is kept: a file, or a database on a Postgres server (16 or newer) as "
        "`postgresql://name:password@host/database`. There `SECRET_KEY` has to be set.",
    )
    secret_key: Keys = Field(
        (),
        description="Key of what is sealed in the database, 32 characters or more. A new one goes before the "
        "old, with a comma; the old ones stay, since the last of them keeps the do-not-call list. Empty: "
        "made on the first start in a file of its own beside the database, such as `data/troupe.key`; back "
        "it up elsewhere than the database.",
    )
    talk_client_dir: Path = Field(
        Path("data/talk-client"),
        description="Folder of what lets members talk aloud on the talk page; `troupe talk-client fetch` "
        "fills it. While nothing is in it, they write.",
    )
    personas_dir: Path = Field(Path("personas"), description="Folder of the cast.")
    community_name: str = Field("this community", max_length=80, description="Who keeps what is said.")
    crisis_line: str = Field(
        "your local emergency number",
        max_length=120,
        description="What a character tells somebody in danger, such as `116 123`.",
    )
    memory_consent: Literal["ask", "notice"] = Field(
        "ask",
        description="Whether a member's first call waits until they chose to be remembered (`ask`), or only "
        "tells them that they are (`notice`).",
    )
    min_age: int = Field(
        18, ge=13, le=99, description="How old a member must be (13 to 99), said before the first call."
    )
    retention_days: int = Field(
        365,
        ge=0,
        le=36_500,
        description="After how many days calls and imports are erased, here and there; `0` keeps them.",
    )
    elevenlabs_retention_days: int = Field(
        30,
        ge=7,
        le=36_500,
        description="After how many days ElevenLabs' copy of a conversation is erased; 7 at least, so that "
        "it has come home before.",
    )
    backup_days: int = Field(
        30,
        ge=0,
        le=3_650,
        description="For how many days you keep backups of the database, which receipts of `/forget` say; "
        "`0`: there are none.",
    )
    phone_countries: Regions = Field(
        "",
        description="Regions whose mobile and fixed lines may be rung, such as `DE,AT,CH`. "
        "Empty: no phone calls.",
    )
    calls_per_day: int = Field(3, ge=0, le=1_000, description="How many calls a member may place in a day.")
    minutes_per_month: int = Field(
        30, ge=0, le=44_640, description="How many minutes a member may talk in a month."
    )
    minutes_per_month_total: int = Field(
        600, ge=0, le=100_000_000, description="How many minutes all members together may talk in a month."
    )
    minutes_per_call: int = Field(30, ge=1, le=60, description="How long one call may last at most.")
    calls_at_once: int = Field(
        3,
        ge=1,
        le=1_000,
        description="How many talks and phone calls may run at once, chats not counted; stay below what your "
        "ElevenLabs plan has.",
    )
    cost_per_month: int = Field(
        0,
        ge=0,
        le=1_000_000_000_000,
        description="What calls may cost in a month, in ElevenLabs' credits; you are told at 50, "
        "80 and 100 %, and no call begins after that. `0`: no ceiling.",
    )
    operator: AccountName = Field(
        "", description="The account that is told about cost, such as `discord:123`. Empty: the log alone."
    )
    troupe_announce: BoardNames = Field(
        "",
        description="Channels where a new character is announced, as `discord:CHANNEL_ID` or "
        "`slack:TEAM/CHANNEL`, with commas. Empty: nowhere.",
    )
    alerts: BoardNames = Field(
        "",
        description="Channels where you are told what cannot wait (webhook switched off, broken character, "
        "abuse of codes, credit, cost), named as in `TROUPE_ANNOUNCE`. Empty: the log alone.",
    )
    timezone: Timezone = Field("UTC", description="Zone of the times that members and characters are told.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "WARNING",
        description="From which level on the log is written: `DEBUG`, `INFO` (how far each call came, by its "
        "id), `WARNING` or `ERROR`.",
    )
    log_format: Literal["text", "json"] = Field(
        "text",
        description="How the log is written: `text` for people, or `json`, one object for a line.",
    )
    hosted_context: Literal["none", "hint", "full"] = Field(
        "hint",
        description="What of the past a hosted link carries: `none`, one `hint` of the last call, or `full`: "
        "for one call at a time members may also bring what the character remembers, which whoever gets "
        "that link can read.",
    )

    @field_validator("*", mode="before")
    @classmethod
    def _whole_numbers(cls, value: Any, info: ValidationInfo) -> Any:
        is_number = cls.model_fields[str(info.field_name)].annotation is int
        return read_whole_number(value) if is_number and isinstance(value, str) else value

    @property
    def is_sandbox(self) -> bool:
        """Whether the built-in stand-in plays ElevenLabs."""
        return not self.elevenlabs_api_key.get_secret_value()

    @property
    def keys(self) -> tuple[str, ...]:
        """The texts of ``secret_key``, newest first."""
        return tuple(key.get_secret_value() for key in self.secret_key)

    @property
    def is_shared(self) -> bool:
        """Whether other processes may work with the same database: one in a file belongs to one alone."""
        return not self.database_url.startswith("sqlite:")

    @property
    def limits(self) -> Limits:
        """What members may use."""
        return Limits(
            calls_per_day=self.calls_per_day,
            minutes_per_month=self.minutes_per_month,
            minutes_per_month_total=self.minutes_per_month_total,
            calls_at_once=self.calls_at_once,
            minutes_per_call=self.minutes_per_call,
            cost_per_month=self.cost_per_month,
        )

    @property
    def zone(self) -> ZoneInfo:
        """The zone of ``timezone``."""
        return ZoneInfo(self.timezone)
