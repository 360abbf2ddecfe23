"""The use cases: they return what to say and never say it.

``calls`` knows no front and no library that does I/O; everything from outside comes in through the ports.
"""
