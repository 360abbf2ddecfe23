"""The requests we make to ElevenLabs, their JSON, and the webhooks that they send."""
