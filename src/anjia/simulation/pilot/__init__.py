"""
A pilot: some tens of elders, three nurses and one who stands by, lived through day by day.

All of it is simulated, and done by the commands that people use, each at its own time; what the clock brings is
brought by the jobs that the worker runs. One seed makes one story.
"""
