//! Good configurations, and a table of bad ones that each fail by their own line.

use super::*;

fn production(extra: &[(&str, &str)]) -> (tempfile::TempDir, Result<Config, ConfigError>) {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys.json");
    std::fs::write(&keys, "{}").unwrap();
    let base = [
        ("VANGNET_DATABASE__URL", "postgres://vangnet:geheim@db/vangnet"),
        ("VANGNET_KEYS__FILE", keys.to_str().unwrap()),
        ("VANGNET_LEDGER__CHECKPOINTS", "/var/lib/vangnet/checkpoints"),
        ("VANGNET_OIDC__ISSUERS", r#"[{issuer="https://idp.example.nl/realms/zvh",audience="vangnet"}]"#),
    ];
    let variables = base.iter().chain(extra).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let config = Config::read(None, variables.collect::<Vec<_>>(), None);
    (folder, config)
}

fn refusal(result: Result<Config, ConfigError>) -> String {
    result.map(|_| ()).unwrap_err().to_string()
}

#[test]
fn a_full_production_configuration_is_allowed() {
    let (_folder, config) = production(&[]);
    let config = config.unwrap();
    assert_eq!(config.mode, Mode::Production);
    assert_eq!(config.oidc.issuers[0].leeway_seconds, 30);
    assert_eq!(config.limits.of_documents(false), budget());
    assert!(!format!("{config:?}").contains("geheim"));
}

fn budget() -> crate::graphql::budget::Limits {
    crate::graphql::budget::Limits::default()
}

#[test]
fn the_demo_runs_on_its_defaults_and_production_on_none_of_them() {
    let demo = Config::read(None, [], Some(Mode::Demo)).unwrap();
    assert!(demo.demo.issuer && demo.http.explorer && demo.http.introspection);
    let said = refusal(Config::read(None, [], None));
    for expected in [
        "database.url is empty",
        "keys.file is empty",
        "ledger.checkpoints is empty",
        "oidc.issuers is empty",
    ] {
        assert!(said.contains(expected), "{said}");
    }
}

/// Each setting with a bad value is refused, by the one line that says what is wrong with it.
fn each_is_refused(cases: &[(&str, &str, &str)]) {
    for (setting, value, expected) in cases {
        let (_folder, config) = production(&[(&format!("VANGNET_{setting}"), value)]);
        let said = refusal(config);
        assert!(said.contains(expected), "{setting}={value} said: {said}");
        assert!(!said.contains("geheim"), "a secret is shown: {said}");
        assert!(said.lines().count() <= 2, "one problem, one line: {said}");
    }
}

#[test]
fn every_bad_configuration_is_refused_by_its_own_line() {
    let issuer = |url: &str, more: &str| format!(r#"[{{issuer="{url}",audience="vangnet"{more}}}]"#);
    let twice = format!("[{0},{0}]", issuer("https://a.nl", "").trim_matches(['[', ']']));
    let nobody = r#"[{issuer="https://a.nl",audience=" "}]"#.to_owned();
    let plain = issuer("http://idp.example.nl", "");
    let loopback = issuer("http://127.0.0.1:9000", "");
    let (leeway, lifetime) =
        (issuer("https://a.nl", ",leeway_seconds=61"), issuer("https://a.nl", ",max_lifetime_seconds=90000"));
    let (query, no_url) = (issuer("https://a.nl?x=1", ""), issuer("idp", ""));
    let empty_client = issuer("https://a.nl", r#",allowed_clients=[""]"#);
    let cases: &[(&str, &str, &str)] = &[
        ("DEMO__ISSUER", "true", "demo.issuer hands a token"),
        ("DEMO__SETTABLE_CLOCK", "true", "demo.settable_clock"),
        ("HTTP__EXPLORER", "true", "http.explorer"),
        ("HTTP__INTROSPECTION", "true", "http.introspection"),
        ("HTTP__DEVELOPER_MESSAGES", "true", "http.developer_messages"),
        ("DATABASE__URL", "sqlite:x.sqlite", "single_process"),
        ("DATABASE__URL", "mysql://db", "neither sqlite: nor postgres://"),
        ("DATABASE__URL", "", "database.url is empty"),
        ("DATABASE__CONNECTIONS", "0", "database.connections is 0"),
        ("DATABASE__OWNER_URL", "sqlite:x", "database.owner_url does not begin with postgres://"),
        ("DATABASE__URL_FILE", "/etc/hostname", "keep one"),
        ("REDIS__URL", "http://redis", "redis.url begins with"),
        ("REDIS__URL_FILE", "/nowhere/at/all", "redis.url_file: /nowhere/at/all cannot be read"),
        ("KEYS__FILE", "/nowhere/keys.json", "keys.file is not there"),
        ("KEYS__FILE", "", "keys.file is empty"),
        ("LEDGER__CHECKPOINTS", "", "ledger.checkpoints is empty"),
        ("CONVENANT__FOLDER", "/nowhere/convenant", "/nowhere/convenant is no folder"),
        ("OIDC__ISSUERS", "[]", "oidc.issuers is empty"),
        ("OIDC__ISSUERS", &twice, "is there twice"),
        ("OIDC__ISSUERS", &nobody, "has no audience"),
        ("OIDC__ISSUERS", &plain, "is not https"),
        ("OIDC__ISSUERS", &loopback, "allow_loopback_http"),
        ("OIDC__ISSUERS", &leeway, "leeway over 60"),
        ("OIDC__ISSUERS", &lifetime, "max_lifetime_seconds"),
        ("OIDC__ISSUERS", &query, "an issuer has none"),
        ("OIDC__ISSUERS", &no_url, "is no URL"),
        ("OIDC__ISSUERS", &empty_client, "an empty client"),
        ("HTTP__ALLOWED_ORIGINS", r#"["*"]"#, "is no origin"),
        ("HTTP__ALLOWED_ORIGINS", r#"["https://a.nl/"]"#, "is no origin"),
        ("HTTP__ALLOWED_ORIGINS", r#"["http://a.nl"]"#, "is not https"),
        ("HTTP__BODY_BYTES", "1000", "smaller than limits.document_bytes"),
        ("HTTP__BODY_BYTES", "99999999", "over 1 MiB"),
        ("HTTP__REQUEST_SECONDS", "0", "1 to 300"),
        ("HTTP__CONNECTIONS", "0", "nobody could connect"),
        ("HTTP__ADDRESS", "nowhere", "cannot be read"),
        ("HTTP__EXPLORE", "true", "cannot be read"),
        ("STEP_UP__ACR_VALUES", r#"["http://eidas.europa.eu/LoA/substantial",""]"#, "step_up.acr_values"),
        ("STEP_UP__BREAK_GLASS__ACR", "urn:other", "step_up.break_glass.acr is not among"),
        ("STEP_UP__BREAK_GLASS__MAX_AGE_SECONDS", "3600", "max_age_seconds must be 30 to 900"),
        ("STEP_UP__BREAK_GLASS__MAX_AGE_SECONDS", "0", "max_age_seconds must be 30 to 900"),
        ("LIMITS__DEPTH", "0", "limits.depth is 0"),
        ("LIMITS__PING_SECONDS", "0", "limits.ping_seconds is 0"),
        ("LIMITS__TOKENS", "-1", "cannot be read"),
        ("MODE", "test", "cannot be read"),
    ];
    each_is_refused(cases);
}

#[test]
fn sqlite_and_a_loopback_issuer_are_allowed_to_whoever_says_so() {
    let (_folder, config) = production(&[
        ("VANGNET_DATABASE__URL", "sqlite:/data/v.sqlite"),
        ("VANGNET_DATABASE__SINGLE_PROCESS", "true"),
        ("VANGNET_OIDC__ALLOW_LOOPBACK_HTTP", "true"),
        ("VANGNET_OIDC__ISSUERS", r#"[{issuer="http://[::1]:9000",audience="vangnet",nl_gov=true}]"#),
        ("VANGNET_HTTP__ALLOWED_ORIGINS", r#"["https://portaal.example.nl","http://localhost:3000"]"#),
    ]);
    assert!(config.unwrap().oidc.issuers[0].nl_gov);
}

#[test]
fn the_environment_goes_before_the_file_and_the_file_before_the_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vangnet.toml");
    std::fs::write(&file, "mode = \"demo\"\n[limits]\ndepth = 7\naliases = 5\n").unwrap();
    let environment =
        [("VANGNET_LIMITS__DEPTH".to_owned(), "8".to_owned()), ("HOME".to_owned(), "/".to_owned())];
    let config = Config::read(Some(&file), environment, None).unwrap();
    assert_eq!((config.limits.depth, config.limits.aliases, config.limits.tokens), (8, 5, 2000));
    assert!(config.demo.issuer, "the demo's settings lie under the file");
    assert!(refusal(Config::read(Some(&folder.path().join("none")), [], None)).contains("none"));
}

#[test]
fn a_secret_comes_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("url");
    std::fs::write(&file, "postgres://a:b@c/d\n").unwrap();
    let (_folder, config) =
        production(&[("VANGNET_DATABASE__URL", ""), ("VANGNET_DATABASE__URL_FILE", file.to_str().unwrap())]);
    assert_eq!(config.unwrap().database.url.expose(), "postgres://a:b@c/d");
}
