"""The audit log as a tree of hashes: leaves, proofs, checkpoints and what verification finds; without a database."""
