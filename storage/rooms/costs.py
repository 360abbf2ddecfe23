"""What calls cost: added as conversations come home, summed for a month, nobody's once their person goes."""

from bot.domain.cost import CostLine
from storage.database import Database


def add_cost(database: Database, call_id: str, cost: int, seconds: int, month: str) -> None:
    """Add what a conversation of a call cost to a month's, before it counts as finished.

    A call of several conversations is one call.
    """
    database.execute(
        """
        INSERT INTO costs (month, delivery, slug, place, holder, cost, seconds, calls)
        SELECT :month, delivery, slug, place, holder, :cost, :seconds, CASE WHEN EXISTS (
            SELECT 1 FROM bindings WHERE call_id = calls.id AND finished_at IS NOT NULL
        ) THEN 0 ELSE 1 END FROM calls WHERE id = :id
        ON CONFLICT (month, delivery, slug, place, holder) DO UPDATE SET
            cost = costs.cost + excluded.cost, seconds = costs.seconds + excluded.seconds,
            calls = costs.calls + excluded.calls
        """,
        {"id": call_id, "month": month, "cost": cost, "seconds": seconds},
    )


def add_nobodys_cost(database: Database, month: str, delivery: str, place: str, line: CostLine) -> None:
    """Add what a conversation of an erased call cost: nobody's, with no character."""
    database.execute(
        """
        INSERT INTO costs (month, delivery, slug, place, holder, cost, seconds, calls)
        VALUES (?, ?, '', ?, '', ?, ?, ?)
        ON CONFLICT (month, delivery, slug, place, holder) DO UPDATE SET
            cost = costs.cost + excluded.cost, seconds = costs.seconds + excluded.seconds,
            calls = costs.calls + excluded.calls
        """,
        (month, delivery, place, line.cost, line.seconds, line.calls),
    )


def total_cost(database: Database, month: str) -> int:
    """Return what a month cost so far."""
    cost: int = database.execute(
        "SELECT coalesce(sum(cost), 0) FROM costs WHERE month = ?", (month,)
    ).fetchone()[0]
    return cost


def disown_costs(database: Database, holder: str) -> None:
    """Make what somebody's calls cost nobody's."""
    database.execute(
        """
        INSERT INTO costs SELECT month, delivery, slug, place, '', cost, seconds, calls FROM costs
        WHERE holder = ?
        ON CONFLICT (month, delivery, slug, place, holder) DO UPDATE SET
            cost = costs.cost + excluded.cost, seconds = costs.seconds + excluded.seconds,
            calls = costs.calls + excluded.calls
        """,
        (holder,),
    )
    database.execute("DELETE FROM costs WHERE holder = ?", (holder,))
