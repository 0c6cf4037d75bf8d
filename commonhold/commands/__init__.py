"""The commands, one file for each family: arguments, questions, tables; the work is in `ops`."""
