"""What may be taken, what has expired, what a bag must hold, and how long waste may wait."""
