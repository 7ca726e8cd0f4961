"""Reading personal data for a reason, and letting those read about see it."""
