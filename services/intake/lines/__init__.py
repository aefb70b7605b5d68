"""Lines: phone lines, mailboxes and entrances, configured in periods by a file or over HTTP."""
