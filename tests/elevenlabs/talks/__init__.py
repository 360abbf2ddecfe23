"""Conversations in text: what we send, what we make of theirs, how they end, and that nothing is left."""
