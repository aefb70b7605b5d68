"""A draft replayed over past contacts: which would go elsewhere, and where to."""
