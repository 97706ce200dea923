"""
How good it was, and what came of it: ratings by residents and families, calls after a visit, complaints and other
concerns, improvements, and indicators whose every number opens its rows. A caregiver's month is put into figures, to
which she may object (`queries/people`, `commands/objections.py`).

Owns Rating, FamilyForm, CallBack, Concern, Improvement, Objection. What was promised and done it asks of `visits`;
definitions of the indicators, and times and shares of what follows a visit, are data (`data/`): what counts, what does
not, which target, from which document.
"""
