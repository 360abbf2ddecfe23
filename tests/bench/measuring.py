"""Medians, percentiles and tables."""

import statistics
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of all values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def p50_p99(seconds: Sequence[float]) -> tuple[str, str]:
    """Return median and 99th percentile in milliseconds."""
    return f"{statistics.median(seconds) * 1000:.2f}", f"{percentile(seconds, 0.99) * 1000:.2f}"


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table."""
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, justify="left" if column == columns[0] else "right")
    for row in rows:
        table.add_row(*row)
    Console(width=110).print(table)
