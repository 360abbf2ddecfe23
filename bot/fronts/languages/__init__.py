"""Our sentences in the languages that members read, the same on every front that has them."""
