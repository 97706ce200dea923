"""
Dispatch: which times can be promised, who should go, and who takes it.

Owns Offer. What was promised and who comes lives in `visits`; dispatch decides and asks `visits` to write it down.
"""
