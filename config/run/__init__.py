"""Starting the suite on one machine: embedded servers, roles, the process group of `make run`.

Nothing here imports Django: the parts run before there is a database, a key or a schema.
"""
