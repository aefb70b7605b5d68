"""Rules as data: conditions in three values, what a row decides, and what goes along with it."""
