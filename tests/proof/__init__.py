"""The sandbox against the official package `elevenlabs`, its types and the documented event tables."""
