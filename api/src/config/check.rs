//! What a configuration must not be: each rule one line that says what is wrong and what to do.
//!
//! Rules only read. Production's rules refuse each convenience of the demo by name.

use reqwest::Url;
use waarborg::database::Location;

use super::{Config, Issuer, Mode, StepUp};

/// Every problem of a configuration; none when it is allowed.
pub(super) fn problems(config: &Config) -> Vec<String> {
    let mut found = Vec::new();
    check_limits(config, &mut found);
    check_places(config, &mut found);
    check_origins(config, &mut found);
    for issuer in &config.oidc.issuers {
        check_issuer(config, issuer, &mut found);
    }
    check_unique_issuers(config, &mut found);
    check_step_up(&config.step_up, &mut found);
    match config.mode {
        Mode::Production => check_production(config, &mut found),
        Mode::Demo => {}
    }
    found
}

fn check_limits(config: &Config, found: &mut Vec<String>) {
    for (name, limit) in config.limits.named() {
        if limit == 0 {
            found.push(format!("limits.{name} is 0; nothing could be answered"));
        }
    }
    if config.http.body_bytes < config.limits.document_bytes {
        found.push("http.body_bytes is smaller than limits.document_bytes".into());
    }
    if config.http.body_bytes > 1 << 20 {
        found.push("http.body_bytes is over 1 MiB; nothing that large is asked here".into());
    }
    if !(1..=300).contains(&config.http.request_seconds) {
        found.push("http.request_seconds must be 1 to 300".into());
    }
    if config.http.connections == 0 {
        found.push("http.connections is 0; nobody could connect".into());
    }
    if config.database.connections == 0 {
        found.push("database.connections is 0; the database could not be used".into());
    }
}

fn check_places(config: &Config, found: &mut Vec<String>) {
    let database = &config.database.url;
    if database.is_empty() {
        found.push("database.url is empty; say where the data is kept".into());
    } else if Location::parse(database.expose()).is_none() {
        found.push("database.url begins with neither sqlite: nor postgres://".into());
    }
    let owner = &config.database.owner_url;
    if !owner.is_empty() && !matches!(Location::parse(owner.expose()), Some(Location::Postgres(_))) {
        found.push("database.owner_url does not begin with postgres://".into());
    }
    let redis = config.redis.url.expose();
    if !redis.is_empty() && !redis.starts_with("redis://") && !redis.starts_with("rediss://") {
        found.push("redis.url begins with neither redis:// nor rediss://".into());
    }
    if config.keys.file.as_os_str().is_empty() {
        found.push("keys.file is empty; without keys nothing can be sealed".into());
    }
    if let Some(folder) = config.convenant.folder().filter(|folder| !folder.is_dir()) {
        found.push(format!("convenant.folder: {} is no folder", folder.display()));
    }
    if config.ledger.checkpoints.as_os_str().is_empty() {
        found.push("ledger.checkpoints is empty; without checkpoints a cut tail goes unseen".into());
    }
}

fn check_origins(config: &Config, found: &mut Vec<String>) {
    for origin in &config.http.allowed_origins {
        let parsed = Url::parse(origin).ok();
        let canonical = parsed.as_ref().map(|url| url.origin().ascii_serialization());
        if canonical.as_deref() != Some(origin.as_str()) {
            found.push(format!(
                "http.allowed_origins: {origin:?} is no origin such as https://portaal.example.nl"
            ));
        } else if parsed.is_some_and(|url| url.scheme() != "https" && !is_loopback(&url)) {
            found.push(format!("http.allowed_origins: {origin} is not https"));
        }
    }
}

fn check_issuer(config: &Config, issuer: &Issuer, found: &mut Vec<String>) {
    let name = &issuer.issuer;
    let mut say = |problem: &str| found.push(format!("oidc.issuers: {name:?} {problem}"));
    match Url::parse(name) {
        Err(_) => say("is no URL"),
        Ok(url) if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() => {
            say("has a query, a fragment or a user; an issuer has none");
        }
        Ok(url) if url.scheme() == "https" => {}
        Ok(url) if url.scheme() == "http" && is_loopback(&url) => {
            if !config.oidc.allow_loopback_http {
                say("is http; say oidc.allow_loopback_http = true if that is meant");
            }
        }
        Ok(_) => say("is not https"),
    }
    if issuer.audience.trim().is_empty() {
        say("has no audience; tokens for other services would be accepted");
    }
    if issuer.allowed_clients.iter().any(|client| client.trim().is_empty()) {
        say("has an empty client among allowed_clients");
    }
    if issuer.leeway_seconds > 60 {
        say("has a leeway over 60 seconds");
    }
    if !(60..=21_600).contains(&issuer.max_lifetime_seconds) {
        say("has a max_lifetime_seconds outside 60 to 21600");
    }
}

fn check_unique_issuers(config: &Config, found: &mut Vec<String>) {
    let issuers = &config.oidc.issuers;
    for (at, issuer) in issuers.iter().enumerate() {
        if issuers.iter().take(at).any(|earlier| earlier.issuer == issuer.issuer) {
            found.push(format!("oidc.issuers: {:?} is there twice", issuer.issuer));
        }
    }
}

fn check_step_up(step_up: &StepUp, found: &mut Vec<String>) {
    let values = &step_up.acr_values;
    if values.iter().enumerate().any(|(at, value)| value.is_empty() || values[..at].contains(value)) {
        found.push("step_up.acr_values has an empty value, or one twice".into());
    }
    let asked = &step_up.break_glass;
    if !values.contains(&asked.acr) {
        found.push("step_up.break_glass.acr is not among step_up.acr_values; nobody could reach it".into());
    }
    if !(30..=900).contains(&asked.max_age_seconds) {
        found.push("step_up.break_glass.max_age_seconds must be 30 to 900".into());
    }
}

fn check_production(config: &Config, found: &mut Vec<String>) {
    let is_sqlite = matches!(Location::parse(config.database.url.expose()), Some(Location::Sqlite(_)));
    let has_no_keys = !config.keys.file.as_os_str().is_empty() && !config.keys.file.is_file();
    let conveniences = [
        (config.demo.issuer, "demo.issuer hands a token to whoever asks"),
        (config.demo.settable_clock, "demo.settable_clock lets terms and grounds be evaded"),
        (config.http.explorer, "http.explorer is open to everybody"),
        (
            config.http.introspection,
            "http.introspection is open to everybody; publish schema.graphql instead",
        ),
        (config.http.developer_messages, "http.developer_messages names types and fields of the schema"),
        (
            is_sqlite && !config.database.single_process,
            "database.url is SQLite; say database.single_process = true if one process is meant, or use PostgreSQL",
        ),
        (config.oidc.issuers.is_empty(), "oidc.issuers is empty; nobody could sign in"),
        (has_no_keys, "keys.file is not there; keys are made beforehand, never at the start"),
    ];
    let refused = conveniences.into_iter().filter(|(is_on, _)| *is_on);
    found.extend(refused.map(|(_, problem)| format!("production: {problem}")));
}

/// Whether a URL leads to this machine and nowhere else.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => {
            let bare = host.trim_start_matches('[').trim_end_matches(']');
            bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        None => false,
    }
}
