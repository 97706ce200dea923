"""Orders and questions: what holds of them, without a database."""
