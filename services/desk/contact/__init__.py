"""One contact while it is handled: the form, the recommendation, and the decision."""
