"""What only the processes of the benchmark of erasures have: systems of its own, and the peer."""
