"""
The day's plan: who visits whom, when, and why; pure data in, pure data out.

Owns the problem and the plan as data, the evaluator and the search. Knows no Django, no database and no calendar: times
are minutes from a midnight that the caller knows. Whoever serves the web may read problems and plans and evaluate them;
`solve` and `search` bring numba, and run in processes of their own.
"""
