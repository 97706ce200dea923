"""
Dispatch: which times can be promised, who should go, and who takes it.

Owns offers, plan runs with their drafts and zones, the changes of a day by hand, and what is known of ways and of the
laboratory. What was promised and who comes lives in `visits`; dispatch decides and asks `visits` to write it down.
"""
