//! git in a closed environment.
