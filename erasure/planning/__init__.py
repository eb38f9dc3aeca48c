"""What is to happen to which data in which system, and why: pure, so that a dry run is the plan."""
