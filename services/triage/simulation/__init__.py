"""A draft replayed over past assessments: who would move, and where to."""
