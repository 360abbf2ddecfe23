"""The list that every step adds itself to, in the order of the modules."""

from sqlite_utils import Migrations

migrations = Migrations("troupe")
