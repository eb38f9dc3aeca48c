"""The suite's own data about people, erased by the same machinery as every other system's."""
