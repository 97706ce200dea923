"""
Series: coming again and again, by a pattern, with the same caregiver where that can be.

Owns Series and Occurrence. What comes of an occurrence is an ordinary visit, booked weeks ahead through the same door
as any other (`dispatch.hold_slot`); one for which there is no place stays and says why, until a person finds one.
"""
