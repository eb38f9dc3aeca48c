"""The pages of profiles: looking at somebody in a view, and the matrix that says who sees what."""
