"""What the decision point costs, beside a plain insert and a peer (docs/benchmarks.md)."""
