"""
Telling people: how each is reached, what was said, on which way it went, and who has to be called.

Owns Recipient, Message (also the inbox), Notification (the outbox: one row per person, event and channel),
Attempt, Call and CallAttempt. It knows no context above it: whoever has something to say calls `commands.send`.
The templates are data (`data/templates.json`); none names a diagnosis, or a service that gives one away.
"""
