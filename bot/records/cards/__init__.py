"""Character cards, versions 1 to 3: read into what a persona file says, and written from it. Pure."""
