"""What services report about their use of personal data, held against the decisions (AUD-08)."""
