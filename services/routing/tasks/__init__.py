"""Tasks: what a unit must do because a deadline of an application was missed."""
