//! `review`: shows pending snapshots one by one on a terminal, and asks for a decision.

use std::io::{self, IsTerminal, Write};

use console::{Key, Term};

use super::differ::Differ;
use super::gather::Gathered;
use super::git::background;
use super::show::list;
use super::view::{Toggle, View};
use crate::app::Environment;
use crate::cli::arguments::Reviewed;
use crate::cli::output::Output;
use crate::cli::{Ended, Exit, Failure};
use crate::review::{ConfigOverrides, Decision, DiffStyle, Pending};
use crate::snapshot::MergeSide;

pub(in crate::cli) fn review(arguments: &Reviewed, environment: Environment, output: &mut Output) -> Ended {
    let gathered = Gathered::new(arguments, environment, output)?;
    let plan = gathered.plan();
    let found = gathered.find(&plan, output)?;
    if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        list(&found.pending, &mut io::stderr())?;
        return Err(no_terminal());
    }
    if found.pending.is_empty() {
        if found.exit == Exit::Clean {
            output.talk("nothing is pending");
        }
        return Ok(found.exit);
    }
    let mut session = Review {
        out: output.answer(),
        overrides: &gathered.overrides,
        differ: Differ::new(&gathered.session.environment, output),
        color: output.color(),
        view: View::default(),
    };
    let exit = session.all(&found.pending)?;
    Ok(Exit::most_urgent(&[found.exit, exit]))
}

fn no_terminal() -> Failure {
    Failure::Usage {
        message: "`review` asks on a terminal, and this is none".to_owned(),
        help: Some(
            "see `bedrock-check diff`, then `bedrock-check accept` or `reject` with a path, a case, `-k` or `--tag`"
                .to_owned(),
        ),
    }
}

/// The action of a key.
#[derive(Clone, Copy)]
enum Deed {
    /// Accepts, rejects or, with `None`, skips; `true` applies this to all following snapshots, too.
    Settle(Option<Decision>, bool),
    Toggle(Toggle),
    Quit,
    Interrupt,
}

const KEYS: [(Key, Deed); 14] = [
    (Key::Char('a'), Deed::Settle(Some(Decision::Accept), false)),
    (Key::Char('r'), Deed::Settle(Some(Decision::Reject), false)),
    (Key::Char('s'), Deed::Settle(None, false)),
    (Key::Char('1'), Deed::Settle(Some(Decision::Keep(MergeSide::Ours)), false)),
    (Key::Char('2'), Deed::Settle(Some(Decision::Keep(MergeSide::Theirs)), false)),
    (Key::Char('A'), Deed::Settle(Some(Decision::Accept), true)),
    (Key::Char('R'), Deed::Settle(Some(Decision::Reject), true)),
    (Key::Char('S'), Deed::Settle(None, true)),
    (Key::Char('i'), Deed::Toggle(Toggle::Info)),
    (Key::Char('d'), Deed::Toggle(Toggle::Style)),
    (Key::Char('o'), Deed::Toggle(Toggle::Side)),
    (Key::Char('q'), Deed::Quit),
    (Key::Escape, Deed::Quit),
    (Key::CtrlC, Deed::Interrupt),
];

struct Review<'g, W> {
    out: W,
    overrides: &'g ConfigOverrides,
    differ: Differ<'g>,
    color: bool,
    view: View,
}

/// The number of decisions of each kind.
#[derive(Default)]
struct Tally {
    accepted: usize,
    rejected: usize,
    /// Conflicts that were resolved by keeping one side.
    resolved: usize,
}

impl<W: Write> Review<'_, W> {
    /// Carries out each decision at once, so that none is lost if the connection breaks.
    fn all(&mut self, pending: &[Pending<'_>]) -> Result<Exit, Failure> {
        let (mut tally, mut for_all) = (Tally::default(), None);
        for (index, one) in pending.iter().enumerate() {
            let decision = match for_all {
                Some(decision) => decision,
                None => match self.ask(one, index + 1, pending.len())? {
                    Deed::Settle(decision, all) => {
                        for_all = all.then_some(decision);
                        decision
                    }
                    Deed::Interrupt => return Ok(Exit::Interrupted),
                    Deed::Quit | Deed::Toggle(_) => break,
                },
            };
            if let Some(decision) = decision {
                decision.carry_out(one)?;
                tally.count(decision);
            }
        }
        let Tally { accepted, rejected, resolved } = tally;
        let left = pending.len() - accepted - rejected - resolved;
        let sides = if resolved > 0 { format!("{resolved} resolved, ") } else { String::new() };
        writeln!(self.out, "{accepted} accepted, {rejected} rejected, {sides}{left} still pending")?;
        self.out.flush()?;
        Ok(if left > 0 { Exit::Pending } else { Exit::Clean })
    }

    /// Shows `pending` until a key decides about it or ends the review.
    fn ask(&mut self, pending: &Pending<'_>, number: usize, count: usize) -> Result<Deed, Failure> {
        let background = background(pending, self.overrides);
        loop {
            let look = DiffStyle { color: self.color, width: width() };
            let lines = self.view.lines(pending, &background, &self.differ, look);
            writeln!(self.out, "{}", look.dim(&"-".repeat(look.width)))?;
            writeln!(self.out, "Reviewing [{number}/{count}]")?;
            lines.iter().try_for_each(|line| writeln!(self.out, "{line}"))?;
            self.out.flush()?;
            match key(pending)? {
                Deed::Toggle(toggle) => self.view.toggle(toggle),
                deed => return Ok(deed),
            }
        }
    }
}

impl Tally {
    fn count(&mut self, decision: Decision) {
        match decision {
            Decision::Accept => self.accepted += 1,
            Decision::Reject => self.rejected += 1,
            Decision::Keep(_) => self.resolved += 1,
        }
    }
}

/// Reads keys until one has an action for `pending`. A closed terminal ends the review.
fn key(pending: &Pending<'_>) -> Result<Deed, Failure> {
    let terminal = Term::stdout();
    loop {
        let key = match terminal.read_key_raw() {
            Ok(key) => key,
            Err(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => return Ok(Deed::Quit),
            Err(cause) => {
                return Err(Failure::Environment {
                    message: format!("can't read a key: {cause}"),
                    help: None,
                });
            }
        };
        match KEYS.iter().find(|(known, _)| *known == key) {
            Some((_, Deed::Settle(Some(Decision::Keep(_)), _))) if pending.sides.is_none() => (),
            Some((_, deed)) => return Ok(*deed),
            None => (),
        }
    }
}

/// The terminal's columns. Some terminals report 0, so small numbers are replaced by a default.
fn width() -> usize {
    let columns = Term::stdout().size_checked().map_or(0, |(_, columns)| usize::from(columns));
    if columns < NARROWEST { USUAL } else { columns }
}

const NARROWEST: usize = 20;
const USUAL: usize = 80;
