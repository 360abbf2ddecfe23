"""The rooms of the store: each keeps the methods of its subject, on whichever engine."""
