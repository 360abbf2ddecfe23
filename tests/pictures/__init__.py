"""The pictures in the documents, taken of the real thing: ``make pictures``."""
