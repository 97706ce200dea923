"""
Visits: what a resident was promised, who comes when, and what the field says came of it.

Owns Visit, Assignment, FieldFact, Conflict and VisitChange. Says nothing of who should go (`dispatch`), what it
costs in the end (`billing`), or what a reading means (`records`).
"""
