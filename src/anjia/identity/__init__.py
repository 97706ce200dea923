"""
Identity: who there is, how they prove it, in whose name they act and what they may do.

Owns organizations, accounts, roles, memberships and sessions. Knows nothing of residents or staff
members: those contexts point at an account, never the other way round.
"""
