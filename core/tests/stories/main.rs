//! Stories of the core: people, the bot, and a world of fakes. One file for each part of the tale.

mod provisioning;

/// A request for DEV that is right in every way.
pub(crate) const DEV: &str =
    "/tenant provision environment:dev tenant:goldencrust company:Golden Crust subdomain:golden email:owner@golden.example";
