"""Each form against its vendor's published examples, or an independent client."""
