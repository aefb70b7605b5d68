"""Repeat alarms: the same concern came so often that a person must look at it as a whole."""
