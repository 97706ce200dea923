"""What holds for cases: kinds, moves, hours and minutes. Pure: tables with sources, and questions about them."""
