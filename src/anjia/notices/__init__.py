"""
What people are told of by themselves, without anything happening: tomorrow's visit, and what to prepare for it.

An edge: owns no tables, only decides who hears what, and has `messaging` say it. What is said when something happens to
a visit (booked, moved, on the way, done) is said by `dispatch.subscribers`.
"""
