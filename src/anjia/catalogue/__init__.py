"""
Catalogue: what can be booked, what it asks of those who do it, and how it is done step by step.

Owns Service and ServiceVersion. A version is never edited: a change is the next version, and a visit keeps the
one that it was promised. Says nothing of who is free (`dispatch`) or who holds which papers (`workforce`).
"""
