use super::{Check, Sink};
use crate::facts::Facts;
use crate::origin::Origin;

pub(super) static CHECK: Check = Check {
    code: "m4-serial-ahead",
    summary: "a macro file that git does not have claims a serial that nobody has published yet",
    level: crate::policy::Level::Error,
    since: "0.1.0",
    page: include_str!("m4_serial_ahead.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    for difference in &facts.comparison.differences {
        let (Origin::Impostor, Some((found, highest))) = (difference.origin, &difference.explanation.serial)
        else {
            continue;
        };
        sink.push_at(
            difference.path.clone(),
            format!("serial {found}, while the highest ever published is {highest}: autoreconf would keep this file"),
            "do not build: a serial ahead of every published one is how a doctored macro survives autoreconf",
        );
    }
}
