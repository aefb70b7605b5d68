"""The counter: tickets, the line, and calling the next number."""
