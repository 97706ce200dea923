"""
Runs Anjia on one machine: sets it up, keeps its processes alive, backs it up.

It knows the operating system, PostgreSQL's programs and the data folder, and nothing of healthcare.
`environment`, `steps` and what they import run before anything is installed: the standard library only.
"""
