"""What obligations come to here: who is told of a denial, and whether a use was reported."""
