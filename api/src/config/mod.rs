//! The configuration: defaults, a file, the environment, in that order, checked once.
//!
//! Only this module reads the environment. A [`Config`] that exists is allowed in its mode: nobody after it
//! asks again whether production runs on a convenience of the demo.

mod check;
mod secret;
mod sections;

use std::path::{Path, PathBuf};

use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};
use serde::Deserialize;

pub(crate) use self::check::is_loopback;
pub use self::secret::Secret;
pub use self::sections::{
    Convenant, Database, Demo, Http, Issuer, Keys, Ledger, Limits, Mode, Oidc, Redis, SignIn, StepUp,
};

const DEFAULTS: &str = include_str!("config.default.toml");
const DEMO: &str = include_str!("config.demo.toml");
const PREFIX: &str = "VANGNET_";
const FILE_VARIABLE: &str = "VANGNET_CONFIG";
/// What the test command says to its tests, and no setting.
const TESTS: &str = "VANGNET_TEST_";

/// Everything that can be set, checked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What the server is for.
    pub mode: Mode,
    /// How it is reached.
    pub http: Http,
    /// Where the data is kept.
    pub database: Database,
    /// The doorbell between replicas.
    pub redis: Redis,
    /// Whose tokens are accepted.
    pub oidc: Oidc,
    /// By which covenant is decided.
    pub convenant: Convenant,
    /// How strongly somebody must have signed in for the most sensitive acts.
    pub step_up: StepUp,
    /// The keys that seal and pseudonymise.
    pub keys: Keys,
    /// The ledger's checkpoints.
    pub ledger: Ledger,
    /// The conveniences of the demo.
    pub demo: Demo,
    /// How much one request or socket may ask.
    pub limits: Limits,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read, or a value has another type.
    #[error("the configuration cannot be read: {0}")]
    Unreadable(#[from] Box<figment::Error>),
    /// The named file is not there.
    #[error("the configuration file {} cannot be read", .0.display())]
    NoFile(PathBuf),
    /// It is not allowed: one line for each problem.
    #[error("the configuration is refused:\n- {}", .0.join("\n- "))]
    Refused(Vec<String>),
}

impl Config {
    /// Reads the configuration of this process: the file, or else the one that `VANGNET_CONFIG` names, and
    /// the environment. `mode` is what the command line asked, when it did.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
    pub fn load(file: Option<&Path>, mode: Option<Mode>) -> Result<Self, ConfigError> {
        let named = std::env::var_os(FILE_VARIABLE).map(PathBuf::from);
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| !name.starts_with(TESTS));
        Self::read(file.or(named.as_deref()), environment, mode)
    }

    /// The same, from an environment that is given.
    pub fn read(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        mode: Option<Mode>,
    ) -> Result<Self, ConfigError> {
        let mut said = Figment::from(Toml::string(DEFAULTS));
        let mut extra = Figment::new();
        if let Some(file) = file {
            let text = std::fs::read_to_string(file).map_err(|_| ConfigError::NoFile(file.to_owned()))?;
            extra = extra.merge(Toml::string(&text));
        }
        extra = extra.merge(Environment::from_iter(environment));
        if let Some(mode) = mode {
            extra = extra.merge(("mode", mode.name()));
        }
        let is_demo = extra.find_value("mode").is_ok_and(|value| value.as_str() == Some(Mode::Demo.name()));
        if is_demo {
            said = said.merge(Toml::string(DEMO));
        }
        let mut config: Self = said.merge(extra).extract().map_err(Box::new)?;
        let mut problems = config.read_secret_files();
        problems.extend(check::problems(&config));
        if problems.is_empty() { Ok(config) } else { Err(ConfigError::Refused(problems)) }
    }

    fn read_secret_files(&mut self) -> Vec<String> {
        let settings = [
            ("database.url", &mut self.database.url, &self.database.url_file),
            ("database.owner_url", &mut self.database.owner_url, &self.database.owner_url_file),
            ("redis.url", &mut self.redis.url, &self.redis.url_file),
        ];
        let read = settings.into_iter().filter_map(|(name, secret, file)| {
            let file = file.as_ref()?;
            if !secret.is_empty() {
                return Some(format!("{name} and {name}_file are both set; keep one"));
            }
            match std::fs::read_to_string(file) {
                Ok(text) => {
                    *secret = Secret::from(text.trim_end().to_owned());
                    None
                }
                Err(_) => Some(format!("{name}_file: {} cannot be read", file.display())),
            }
        });
        read.collect()
    }
}

impl Mode {
    /// The mode as it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Production => "production",
        }
    }
}

/// The variables that are settings, as a provider.
struct Environment(Dict);

impl FromIterator<(String, String)> for Environment {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        let settings =
            variables.into_iter().filter(|(name, _)| name != FILE_VARIABLE).filter_map(|(name, value)| {
                let path = name.strip_prefix(PREFIX)?.to_ascii_lowercase().replace("__", ".");
                let Ok(value) = value.parse::<Value>();
                Some(figment::util::nest(&path, value))
            });
        let merged = settings.fold(Dict::new(), |mut merged, nested| {
            merge(&mut merged, nested.into_dict().unwrap_or_default());
            merged
        });
        Self(merged)
    }
}

fn merge(into: &mut Dict, from: Dict) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(Value::Dict(_, section)), Value::Dict(_, inner)) => merge(section, inner),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

impl Provider for Environment {
    fn metadata(&self) -> Metadata {
        Metadata::named("environment variables VANGNET_*")
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Map::from([(Profile::Default, self.0.clone())]))
    }
}

#[cfg(test)]
mod tests;
