"""The pages of erasure: its clocks and queues, and one case with its systems as a picture."""
