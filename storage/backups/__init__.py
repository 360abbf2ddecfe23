"""Backups: one private file that holds everything but the keys, made while Troupe runs, and put back whole.

The file is the same for both engines, and made and read with nothing but this program: an SQLite database
with a line at its end that tells it from one that was cut off or damaged. So what was kept in a file can be
put back on a server, and the other way round. It is written anew rather than copied page by page (SQLite,
"VACUUM INTO"): its unused bytes hold nothing of what was erased, and others who write do not make it begin
anew, as they do the online backup of SQLite's.
"""
