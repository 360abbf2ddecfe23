"""Many who ask for calls at once, in two processes on one database: never one more than there is."""
