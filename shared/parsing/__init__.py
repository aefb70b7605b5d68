"""Reading what people write: documents with the line of each part."""
