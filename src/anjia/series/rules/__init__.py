"""When a series comes, what of it is still to be booked, and who usually comes. Pure: no database, no clock."""
