"""The web room: the talk page behind a link, the characters' pictures, and ElevenLabs' webhooks."""
