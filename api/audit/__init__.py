"""What auditors read and take away: checkpoints, proofs, trails, extracts."""
