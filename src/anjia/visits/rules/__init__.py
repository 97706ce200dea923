"""What may happen to a visit. Pure: no database, no clock, no settings."""
