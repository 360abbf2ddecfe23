"""The REST routes of the sandbox (ElevenLabs: API reference, Agents Platform), as strict as the real ones."""
