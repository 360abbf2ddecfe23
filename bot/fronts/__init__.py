"""Doors for people: each front turns its platform's words into an Ask, and a Reply into its shapes."""
