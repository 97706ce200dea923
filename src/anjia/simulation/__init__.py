"""
A town that lives, for demos: who is there, what has happened, and the cards with which a visitor steps in as one of
its people. Everything is made by the commands that people use. A real installation has none of it.
"""
