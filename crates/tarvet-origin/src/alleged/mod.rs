//! What a file claims about the tool that made it. A claim is never proof.
