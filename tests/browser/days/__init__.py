"""A day of each of the ten people, from the card to the end of work, clicking only what is on the screen."""
