//! Step-up: the most sensitive acts ask a strong and recent sign-in (trust.md T7).
//!
//! A table of act by strength and age, from the configuration. What the token says was verified here by the keys of
//! its issuer, so this needs no issuer at hand; without such a token it refuses. Pure. It grants no right: whoever
//! passes has only signed in well enough to be judged.

use chrono::{DateTime, Duration, Utc};

use super::Caller;
use crate::config;
use crate::error::{Challenge, Fault, Reason};

/// An act that asks more than a valid token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SensitiveAct {
    /// Opening break-glass.
    BreakGlass,
}

/// How far the clock of an issuer may be ahead.
const AHEAD: Duration = Duration::seconds(60);

/// What each sensitive act asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepUp(config::StepUp);

impl StepUp {
    /// The table that a configuration gives.
    pub fn new(config: config::StepUp) -> Self {
        Self(config)
    }

    /// Whether a caller signed in strongly and recently enough for an act. The refusal says what to ask the issuer
    /// for, after RFC 9470.
    pub fn check(&self, act: SensitiveAct, caller: &Caller, now: DateTime<Utc>) -> Result<(), Fault> {
        let asked = self.asked(act);
        if self.is_strong(caller, asked) && is_recent(caller, asked, now) {
            return Ok(());
        }
        let acr_values = self.strong_enough(asked).to_vec();
        let max_age = asked.max_age_seconds;
        Err(Fault::from(Reason::STEP_UP).challenging(Challenge { acr_values, max_age }))
    }

    fn asked(&self, act: SensitiveAct) -> &config::SignIn {
        match act {
            SensitiveAct::BreakGlass => &self.0.break_glass,
        }
    }

    /// The values that will do, the weakest first; none when the weakest is not known.
    fn strong_enough(&self, asked: &config::SignIn) -> &[String] {
        let known = &self.0.acr_values;
        let from = known.iter().position(|value| *value == asked.acr).unwrap_or(known.len());
        known.get(from..).unwrap_or_default()
    }

    fn is_strong(&self, caller: &Caller, asked: &config::SignIn) -> bool {
        caller.acr.as_ref().is_some_and(|acr| self.strong_enough(asked).contains(acr))
    }
}

fn is_recent(caller: &Caller, asked: &config::SignIn, now: DateTime<Utc>) -> bool {
    let longest = Duration::seconds(asked.max_age_seconds.into());
    caller.authenticated_at.is_some_and(|at| (-AHEAD..=longest).contains(&(now - at)))
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn noon() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2025, 6, 2, 12, 0, 0).unwrap()
    }

    fn step_up() -> StepUp {
        StepUp::new(config::StepUp {
            acr_values: ["low", "substantial", "high"].map(str::to_owned).to_vec(),
            break_glass: config::SignIn { acr: "substantial".into(), max_age_seconds: 300 },
        })
    }

    fn caller(acr: Option<&str>, seconds_ago: Option<i64>) -> Caller {
        Caller {
            issuer: "https://idp.example.nl".into(),
            subject: "iemand".into(),
            expires_at: noon() + Duration::hours(1),
            acr: acr.map(str::to_owned),
            authenticated_at: seconds_ago.map(|seconds| noon() - Duration::seconds(seconds)),
        }
    }

    /// Every cell of strength by age.
    #[test]
    fn only_strong_and_recent_passes() {
        let strengths = [
            (None, false),
            (Some(""), false),
            (Some("low"), false),
            (Some("substantial"), true),
            (Some("high"), true),
            (Some("HIGH"), false),
            (Some("urn:other"), false),
        ];
        let ages = [
            (None, false),
            (Some(-61), false),
            (Some(-60), true),
            (Some(0), true),
            (Some(300), true),
            (Some(301), false),
        ];
        for (acr, is_strong) in strengths {
            for (age, is_recent) in ages {
                let passed = step_up().check(SensitiveAct::BreakGlass, &caller(acr, age), noon()).is_ok();
                assert_eq!(passed, is_strong && is_recent, "{acr:?} {age:?}");
            }
        }
    }

    #[test]
    fn the_refusal_says_what_to_ask_the_issuer_for() {
        let refused =
            step_up().check(SensitiveAct::BreakGlass, &caller(Some("low"), Some(0)), noon()).unwrap_err();
        assert_eq!(refused.reason(), Some("STEP_UP"));
        let worded = serde_json::to_value(refused.worded(crate::error::Wording::ForUsers)).unwrap();
        let expected = serde_json::json!({ "acrValues": ["substantial", "high"], "maxAge": 300 });
        assert_eq!(worded["extensions"]["stepUp"], expected);
    }
}
