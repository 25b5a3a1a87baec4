//! Proof that the oracle can fail
