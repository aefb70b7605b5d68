"""Acts that end duties, over HTTP; and the duties of all contacts, in the order in which they are due."""
