//! The expressions of `%if` and `%[…]`, as far as they are made of literals.
//!
//! What rpm itself would refuse, or compares by rules of its own (versions, Lua strings), is not decided here: `None`
//! makes a branch conditional, never dead.

/// A value of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Number(i64),
    Text(Vec<u8>),
}

impl Outcome {
    /// Whether a branch with this condition is taken.
    pub(super) fn holds(&self) -> bool {
        match self {
            Self::Number(number) => *number != 0,
            Self::Text(text) => !text.is_empty(),
        }
    }
}

/// Deepest nesting of parentheses and negations.
const DEEPEST: usize = 32;

/// The value of a whole expression, or `None` where it is not a plain one.
pub(super) fn evaluate(text: &[u8]) -> Option<Outcome> {
    let mut parser = Parser { rest: text, depth: 0 };
    let value = parser.either()?;
    parser.blank();
    parser.rest.is_empty().then_some(value)
}

struct Parser<'a> {
    rest: &'a [u8],
    depth: usize,
}

impl Parser<'_> {
    fn blank(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }

    fn take(&mut self, token: &[u8]) -> bool {
        self.blank();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn either(&mut self) -> Option<Outcome> {
        let mut left = self.both()?;
        while self.take(b"||") {
            let right = self.both()?;
            left = truth(left.holds() || right.holds());
        }
        Some(left)
    }

    fn both(&mut self) -> Option<Outcome> {
        let mut left = self.compared()?;
        while self.take(b"&&") {
            let right = self.compared()?;
            left = truth(left.holds() && right.holds());
        }
        Some(left)
    }

    fn compared(&mut self) -> Option<Outcome> {
        let left = self.sum()?;
        for operator in [&b"=="[..], b"!=", b"<=", b">=", b"<", b">"] {
            if self.take(operator) {
                let right = self.sum()?;
                return compare(&left, operator, &right);
            }
        }
        Some(left)
    }

    fn sum(&mut self) -> Option<Outcome> {
        let mut left = self.product()?;
        loop {
            if self.take(b"+") {
                left = numbers(&left, &self.product()?, i64::checked_add)?;
            } else if self.take(b"-") {
                left = numbers(&left, &self.product()?, i64::checked_sub)?;
            } else {
                return Some(left);
            }
        }
    }

    fn product(&mut self) -> Option<Outcome> {
        let mut left = self.single()?;
        loop {
            if self.take(b"*") {
                left = numbers(&left, &self.single()?, i64::checked_mul)?;
            } else if self.take(b"/") {
                left = numbers(&left, &self.single()?, i64::checked_div)?;
            } else {
                return Some(left);
            }
        }
    }

    fn single(&mut self) -> Option<Outcome> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let found = self.single_within();
        self.depth -= 1;
        found
    }

    fn single_within(&mut self) -> Option<Outcome> {
        self.blank();
        match self.rest.first()? {
            b'!' if !self.rest.starts_with(b"!=") => {
                self.take(b"!");
                Some(truth(!self.single()?.holds()))
            }
            b'(' => {
                self.take(b"(");
                let inner = self.either()?;
                self.take(b")").then_some(inner)
            }
            b'"' => {
                self.take(b"\"");
                let end = self.rest.iter().position(|&byte| byte == b'"')?;
                let (text, rest) = self.rest.split_at_checked(end)?;
                self.rest = rest.get(1..)?;
                Some(Outcome::Text(text.to_vec()))
            }
            byte if byte.is_ascii_digit() => self.number(),
            _ => None,
        }
    }

    fn number(&mut self) -> Option<Outcome> {
        let end = self
            .rest
            .iter()
            .position(|byte| !byte.is_ascii_digit())
            .unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at_checked(end)?;
        if rest
            .first()
            .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'.')
        {
            return None;
        }
        self.rest = rest;
        std::str::from_utf8(digits)
            .ok()?
            .parse()
            .ok()
            .map(Outcome::Number)
    }
}

fn truth(holds: bool) -> Outcome {
    Outcome::Number(i64::from(holds))
}

fn numbers(left: &Outcome, right: &Outcome, apply: fn(i64, i64) -> Option<i64>) -> Option<Outcome> {
    match (left, right) {
        (Outcome::Number(left), Outcome::Number(right)) => apply(*left, *right).map(Outcome::Number),
        _ => None,
    }
}

fn compare(left: &Outcome, operator: &[u8], right: &Outcome) -> Option<Outcome> {
    let order = match (left, right) {
        (Outcome::Number(left), Outcome::Number(right)) => left.cmp(right),
        // Strings are compared for equality; their order depends on the version of rpm.
        (Outcome::Text(left), Outcome::Text(right)) if matches!(operator, b"==" | b"!=") => left.cmp(right),
        _ => return None,
    };
    Some(truth(match operator {
        b"==" => order.is_eq(),
        b"!=" => order.is_ne(),
        b"<=" => order.is_le(),
        b">=" => order.is_ge(),
        b"<" => order.is_lt(),
        _ => order.is_gt(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_decided() {
        for (text, expected) in [
            ("0", false),
            ("1", true),
            (" 1 + 1 == 2 ", true),
            ("!0 && (2 > 1 || 0)", true),
            ("\"a\" == \"b\"", false),
            ("\"\"", false),
            ("012", true),
            ("3 * 4 - 12", false),
        ] {
            assert_eq!(
                evaluate(text.as_bytes()).map(|it| it.holds()),
                Some(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn the_rest_is_left_open() {
        let deep = "(".repeat(5000);
        for text in [
            "",
            "v\"1\" < v\"2\"",
            "1 ? 0 : 1",
            "%{x}",
            "a",
            "\"a",
            "\"a\" < \"b\"",
            "1 == \"1\"",
            "1 2",
            "1/0",
            "1.5",
            "99999999999999999999",
            "0x1",
            "()",
            &deep,
        ] {
            assert_eq!(evaluate(text.as_bytes()), None, "{text}");
        }
    }
}
