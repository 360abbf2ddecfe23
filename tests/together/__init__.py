"""Several processes on one Postgres, stopped and killed at random: every effect once, and none is lost."""
