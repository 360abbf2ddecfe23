"""Which Slack workspaces installed our app, with sealed tokens, and which installations are under way."""

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.domain.call import NewJob
from bot.domain.workspace import Installed
from storage.database import Database
from storage.rooms.jobs import drop_job, queue
from storage.rooms.room import Room, erases, reads, writes
from storage.rows import Row, storable, to_text, to_time, to_time_or_none
from storage.vault import Vault

RENEW = "renew"
"""The job that asks for an installation's next token before this one runs out."""


class Installing(Room):
    """The part of the store that Slack's many workspaces need."""

    @writes
    def keep_workspace(self, database: Database, installed: Installed) -> None:
        """Keep an installation in place of an older one of the same workspace or organisation."""
        database.execute("DELETE FROM slack_workspaces WHERE id = ?", (installed.id,))
        database.insert(
            "slack_workspaces",
            {
                "id": storable(installed.id),
                "enterprise": storable(installed.enterprise),
                "name": storable(installed.name),
                "sealed": self.vault.seal(installed.token),
                "bot_user": storable(installed.bot_user),
                "bot_id": storable(installed.bot_id),
                "scopes": storable(" ".join(sorted(installed.scopes))),
                "installed_at": to_text(installed.installed_at),
                **_rotating(self.vault, installed),
            },
        )
        drop_job(database, RENEW, installed.id)
        _queue_renewal(database, installed)
        if installed.enterprise and not installed.is_org_wide:
            _note_team(database, installed.id, installed.enterprise)

    @writes
    def keep_renewed(self, database: Database, installed: Installed, used: str) -> bool:
        """Keep an installation's next tokens, unless ``used`` is not the refresh token that it has."""
        row = database.execute("SELECT * FROM slack_workspaces WHERE id = ?", (installed.id,)).fetchone()
        if row is None or _installed_from(row, self.vault).refresh_token != used:
            return False
        rotating = _rotating(self.vault, installed)
        database.execute(
            "UPDATE slack_workspaces SET sealed = ?, sealed_refresh = ?, expires_at = ? WHERE id = ?",
            (
                self.vault.seal(installed.token),
                rotating["sealed_refresh"],
                rotating["expires_at"],
                installed.id,
            ),
        )
        _queue_renewal(database, installed)
        return True

    @reads
    def find_workspace(
        self, database: Database, team: str, enterprise: str = "", *, is_org_wide: bool = False
    ) -> Installed | None:
        """Return the installation that speaks in a team: its own, else its organisation's."""
        known = database.execute("SELECT enterprise FROM slack_teams WHERE team = ?", (team,)).fetchone()
        organisation = enterprise or (known["enterprise"] if known else "")
        wanted = (organisation, team) if is_org_wide else (team, organisation)
        for one in filter(None, wanted):
            row = database.execute("SELECT * FROM slack_workspaces WHERE id = ?", (one,)).fetchone()
            if row:
                return _installed_from(row, self.vault)
        return None

    @reads
    def fetch_workspaces(self, database: Database) -> Sequence[Installed]:
        """Return every installation, the oldest first."""
        return installed_in(database, self.vault)

    @reads
    def fetch_workspace(self, database: Database, workspace_id: str) -> Installed | None:
        """Return a team's or an organisation's own installation."""
        row = database.execute("SELECT * FROM slack_workspaces WHERE id = ?", (workspace_id,)).fetchone()
        return _installed_from(row, self.vault) if row else None

    @writes
    def note_team(self, database: Database, team: str, enterprise: str) -> None:
        """Note which organisation a team belongs to."""
        _note_team(database, team, enterprise)

    @erases
    def forget_workspace(
        self, database: Database, workspace_id: str, *, token: str = "", until: datetime | None = None
    ) -> frozenset[str]:
        """Delete an installation and its token; return the teams that nobody speaks in any more."""
        row = database.execute("SELECT * FROM slack_workspaces WHERE id = ?", (workspace_id,)).fetchone()
        if row is None or (until is not None and to_time(row["installed_at"]) >= until):
            return frozenset()
        if token and self.vault.open(bytes(row["sealed"])) != token:
            return frozenset()
        database.execute("DELETE FROM slack_workspaces WHERE id = ?", (workspace_id,))
        drop_job(database, RENEW, workspace_id)
        left = _teams_left(database, workspace_id, row["enterprise"])
        _leave(database, left)
        return left

    @erases
    def forget_teams(self, database: Database, enterprise: str, teams: Collection[str]) -> frozenset[str]:
        """Note that an organisation lets us into teams no more; return those where nobody speaks now."""
        left = _teams_left(database, enterprise, enterprise) & frozenset(teams)
        _leave(database, left)
        return left

    @writes
    def keep_state(self, database: Database, state_hash: str, now: datetime, expires_at: datetime) -> None:
        """Keep that an installation is under way; those that ran out are forgotten."""
        database.execute("DELETE FROM slack_states WHERE expires_at <= ?", (to_text(now),))
        database.insert("slack_states", {"state_hash": state_hash, "expires_at": to_text(expires_at)})

    @writes
    def take_state(self, database: Database, state_hash: str, now: datetime) -> bool:
        """Whether an installation is under way; it is no more after that."""
        return bool(
            database.execute(
                "DELETE FROM slack_states WHERE state_hash = ? AND expires_at > ?", (state_hash, to_text(now))
            ).rowcount
        )


def installed_in(database: Database, vault: Vault) -> Sequence[Installed]:
    """Return every installation, the oldest first. Raises SettingsError where its key is missing."""
    rows = database.execute("SELECT * FROM slack_workspaces ORDER BY installed_at, id").fetchall()
    return [_installed_from(row, vault) for row in rows]


def _installed_from(row: Row, vault: Vault) -> Installed:
    return Installed(
        id=row["id"],
        name=row["name"],
        token=vault.open(bytes(row["sealed"])),
        bot_user=row["bot_user"],
        bot_id=row["bot_id"],
        scopes=frozenset(row["scopes"].split()),
        installed_at=to_time(row["installed_at"]),
        enterprise=row["enterprise"],
        refresh_token=vault.open(bytes(row["sealed_refresh"])) if row["sealed_refresh"] else "",
        expires_at=to_time_or_none(row["expires_at"]),
    )


def _rotating(vault: Vault, installed: Installed) -> dict[str, bytes | str | None]:
    """Return what is kept of a token that runs out."""
    return {
        "sealed_refresh": vault.seal(installed.refresh_token) if installed.refresh_token else None,
        "expires_at": to_text(installed.expires_at) if installed.expires_at else None,
    }


def _queue_renewal(database: Database, installed: Installed) -> None:
    if installed.renew_at:
        queue(database, [NewJob(RENEW, installed.id, installed.renew_at)])


def _note_team(database: Database, team: str, enterprise: str) -> None:
    database.execute(
        "INSERT INTO slack_teams VALUES (?1, ?2) ON CONFLICT (team) DO UPDATE SET enterprise = ?2",
        (storable(team), storable(enterprise)),
    )


def _leave(database: Database, teams: Collection[str]) -> None:
    """Forget whose these teams are, and where their members' direct messages with us were."""
    ids = [(team,) for team in sorted(teams)]
    database.executemany("DELETE FROM slack_teams WHERE team = ?", ids)
    database.executemany(
        "UPDATE mailboxes SET channel_id = '', refused_at = NULL WHERE platform = 'slack' AND tenant = ?", ids
    )


def _teams_left(database: Database, workspace_id: str, enterprise: str) -> frozenset[str]:
    """Return the teams that an installation spoke in, and no other does."""
    if workspace_id != enterprise:
        others = database.execute("SELECT 1 FROM slack_workspaces WHERE id = ?", (enterprise,)).fetchone()
        return frozenset() if others else frozenset({workspace_id})
    teams = database.execute(
        """
        SELECT team FROM slack_teams
        WHERE enterprise = ? AND team NOT IN (SELECT id FROM slack_workspaces)
        """,
        (enterprise,),
    )
    return frozenset(row["team"] for row in teams)
