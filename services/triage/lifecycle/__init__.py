"""The life of a rule set: read, drafted, compared, proved, put in force."""
