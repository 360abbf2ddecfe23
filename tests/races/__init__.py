"""Many who ask for calls at once, in two processes on one file: never one more than there is."""
