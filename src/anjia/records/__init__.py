"""
The record: what was measured of a resident, by whom, and where it should lie.

Owns Reading (one place for measurements, whoever sends them), ReadingConflict, PersonalTarget and Assessment (the first
one, which the legal gate reads). What a value means is said by `clinical`; who is told of it, and when somebody must
act, is not decided here.
"""
