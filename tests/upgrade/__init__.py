"""The upgrade drill: a database as the first release left it, opened by this one while members ask."""
