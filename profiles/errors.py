"""What can go wrong with profiles. Each says what to do, and none names a person's data."""
