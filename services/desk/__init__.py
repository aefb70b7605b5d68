"""The desk: the pages people see. It holds no data of its own and calls the services as anyone else would."""
