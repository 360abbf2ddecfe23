"""Tests of the stand-in for ElevenLabs, over real sockets on loopback."""
