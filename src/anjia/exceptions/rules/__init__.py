"""What holds of exceptions without a database: their forms, their steps and clocks, how they are closed."""
