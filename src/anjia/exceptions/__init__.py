"""
What comes in between at a visit: nobody at home, a refusal, an unsafe place, late, a caregiver who drops out, a wrong
address, somebody who gets worse. Each has a form, next steps, an owner, a clock and a closing; who cannot come has her
visits listed and stood in for. It owns no visit and no assignment: it changes them by the commands of `dispatch`.
"""
