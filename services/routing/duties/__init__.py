"""What each contact is owed: its duties, what assessments change in them, and the acts that end them."""
