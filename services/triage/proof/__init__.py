"""What is shown of a rule set over all citizens, and what follows from it for one."""
