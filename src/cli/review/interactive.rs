//! `review`: shows pending snapshots one by one on a terminal, and asks for a decision.

use std::io::{self, IsTerminal, Write};

use console::{Key, Term};

use super::differ::Differ;
use super::git::History;
use super::search::PendingSearch;
use super::show::print_list;
use super::view::{Toggle, View};
use crate::app::Environment;
use crate::cli::arguments::ReviewArguments;
use crate::cli::lock::{RunLock, wait_for_other_runs};
use crate::cli::output::Output;
use crate::cli::{CommandResult, Exit, Failure};
use crate::review::{ConfigOverrides, Decision, DiffStyle, Pending};
use crate::snapshot::MergeSide;

pub(in crate::cli) fn review(
    arguments: &ReviewArguments,
    environment: Environment,
    output: &mut Output,
) -> CommandResult {
    let search = PendingSearch::new(arguments, environment, output)?;
    let plan = search.plan();
    let found = search.find(&plan, output)?;
    if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        print_list(&found.pending, &mut output.stderr())?;
        return Err(no_terminal());
    }
    if found.pending.is_empty() {
        if found.exit == Exit::Clean {
            output.print_message("nothing is pending");
        }
        return Ok(found.exit);
    }
    let mut review = Review {
        out: output.stdout(),
        overrides: &search.overrides,
        history: History::new(&search.session),
        differ: Differ::new(&search.session.environment, output),
        color: output.color(),
        view: View::default(),
    };
    let root = &search.session.root.path;
    let exit = review.review_all(&found.pending, &|| wait_for_other_runs(root, output))?;
    Ok(Exit::most_urgent(&[found.exit, exit]))
}

fn no_terminal() -> Failure {
    Failure::Usage {
        message: "`review` needs a terminal".to_owned(),
        help: Some(
            "see `bedrock-check diff`, then `bedrock-check accept` or `reject` with a path, a case, `-k` or `--tag`"
                .to_owned(),
        ),
    }
}

/// The action of a key.
#[derive(Clone, Copy)]
enum ReviewAction {
    /// Accepts, rejects or, with `None`, skips; `true` applies this to all following snapshots, too.
    Decide(Option<Decision>, bool),
    Toggle(Toggle),
    Quit,
    Interrupt,
}

const KEYS: [(Key, ReviewAction); 14] = [
    (Key::Char('a'), ReviewAction::Decide(Some(Decision::Accept), false)),
    (Key::Char('r'), ReviewAction::Decide(Some(Decision::Reject), false)),
    (Key::Char('s'), ReviewAction::Decide(None, false)),
    (Key::Char('1'), ReviewAction::Decide(Some(Decision::Keep(MergeSide::Ours)), false)),
    (Key::Char('2'), ReviewAction::Decide(Some(Decision::Keep(MergeSide::Theirs)), false)),
    (Key::Char('A'), ReviewAction::Decide(Some(Decision::Accept), true)),
    (Key::Char('R'), ReviewAction::Decide(Some(Decision::Reject), true)),
    (Key::Char('S'), ReviewAction::Decide(None, true)),
    (Key::Char('i'), ReviewAction::Toggle(Toggle::Info)),
    (Key::Char('d'), ReviewAction::Toggle(Toggle::Style)),
    (Key::Char('o'), ReviewAction::Toggle(Toggle::Shown)),
    (Key::Char('q'), ReviewAction::Quit),
    (Key::Escape, ReviewAction::Quit),
    (Key::CtrlC, ReviewAction::Interrupt),
];

struct Review<'g, W> {
    out: W,
    overrides: &'g ConfigOverrides,
    history: History,
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
    /// A decision takes the lock for itself, because a person may need long for the next one.
    fn review_all(&mut self, pending: &[Pending<'_>], lock: &dyn Fn() -> RunLock) -> Result<Exit, Failure> {
        let (mut tally, mut for_rest) = (Tally::default(), None);
        for (index, snapshot) in pending.iter().enumerate() {
            let decision = match for_rest {
                Some(decision) => decision,
                None => match self.choose_action(snapshot, index + 1, pending.len())? {
                    ReviewAction::Decide(decision, all) => {
                        for_rest = all.then_some(decision);
                        decision
                    }
                    ReviewAction::Interrupt => return Ok(Exit::Interrupted),
                    ReviewAction::Quit | ReviewAction::Toggle(_) => break,
                },
            };
            if let Some(decision) = decision {
                let _lock = lock();
                decision.carry_out(snapshot)?;
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
    fn choose_action(
        &mut self,
        pending: &Pending<'_>,
        number: usize,
        count: usize,
    ) -> Result<ReviewAction, Failure> {
        let background = self.history.find_background(pending, self.overrides);
        loop {
            let style = DiffStyle { color: self.color, width: terminal_width() };
            let lines = self.view.lines(pending, &background, &self.differ, style);
            writeln!(self.out, "{}", style.dim(&"-".repeat(style.width)))?;
            writeln!(self.out, "Reviewing [{number}/{count}]")?;
            lines.iter().try_for_each(|line| writeln!(self.out, "{line}"))?;
            self.out.flush()?;
            match read_action(pending)? {
                ReviewAction::Toggle(toggle) => self.view.toggle(toggle),
                action => return Ok(action),
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
fn read_action(pending: &Pending<'_>) -> Result<ReviewAction, Failure> {
    let terminal = Term::stdout();
    loop {
        let key = match terminal.read_key_raw() {
            Ok(key) => key,
            Err(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => return Ok(ReviewAction::Quit),
            Err(cause) => {
                return Err(Failure::Environment {
                    message: format!("can't read a key: {cause}"),
                    help: None,
                });
            }
        };
        match KEYS.iter().find(|(known, _)| *known == key) {
            Some((_, ReviewAction::Decide(Some(Decision::Keep(_)), _))) if pending.sides.is_none() => (),
            Some((_, action)) => return Ok(*action),
            None => (),
        }
    }
}

/// The terminal's columns. Some terminals report 0, so small numbers are replaced by a default.
fn terminal_width() -> usize {
    let columns = Term::stdout().size_checked().map_or(0, |(_, columns)| usize::from(columns));
    if columns < MIN_WIDTH { DEFAULT_WIDTH } else { columns }
}

const MIN_WIDTH: usize = 20;
const DEFAULT_WIDTH: usize = 80;
