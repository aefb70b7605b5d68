"""The desk: the pages for people. It stores no data and calls the services as any other client would."""
