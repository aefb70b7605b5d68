"""One entry of an inbox, and the steps that can be taken with it."""
