"""
Workforce: who works here, with which papers, when, and where.

Owns StaffMember, Qualification, WeeklyPattern, Shift, Leave and ServiceArea. Says nothing of what they have
promised (`visits`) or whom to send (`dispatch`).
"""
