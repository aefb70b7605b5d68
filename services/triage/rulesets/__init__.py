"""Rule sets as documents: written, read, compared and stored."""
