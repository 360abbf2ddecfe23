"""Troupe: one voice agent, a whole cast of characters, and it remembers you."""
