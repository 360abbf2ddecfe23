"""Values and pure functions: no clock, no randomness, no ``await``."""
