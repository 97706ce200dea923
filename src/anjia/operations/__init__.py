"""
Whether Anjia itself is there: each minute is watched and kept, what was amiss becomes an incident with a cause.

Owns Minute and IncidentCause. What waits (events, messages, jobs, audit entries without a seal) it asks of those whose
it is. The whole installation's, not one house's: it holds nothing about anybody, and its summary is public (`/status`).
"""
