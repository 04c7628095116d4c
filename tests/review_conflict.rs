//! A snapshot with the conflict markers of a merge: both sides are shown, and one side or the new output is accepted.

use insta::assert_snapshot;

use crate::common::Project;
use crate::demo_project::{project, record, text_answer};

const SNAPSHOT: &str = "snapshots/demo__greeting.snap";
const OURS: &str = "output_text: Refunds take 5 days.\ninput_tokens: 9\noutput_tokens: 20\n";
const THEIRS: &str = "output_text: Refunds take a week.\ninput_tokens: 9\noutput_tokens: 20\n";
const NEW: &str = "output_text: Refunds take five business days.\ninput_tokens: 9\noutput_tokens: 32\n";

/// A case with the pending output `text`, whose snapshot contains a conflict between [`OURS`] and [`THEIRS`].
fn conflicted(text: &str) -> Project {
    let project = project(&[("greeting", "")]);
    record(&project, &[("demo::greeting", text_answer("Refunds take 5 days."))]);
    project.run(["test", "--accept"]);
    let accepted = project.read(SNAPSHOT);
    let merged = "<<<<<<< HEAD\noutput_text: Refunds take 5 days.\n||||||| 1a2b3c4\noutput_text: Refunds take ten days.\n=======\noutput_text: Refunds take a week.\n>>>>>>> feature/refunds\n";
    project.write(SNAPSHOT, accepted.replace("output_text: Refunds take 5 days.\n", merged));
    record(&project, &[("demo::greeting", text_answer(text))]);
    assert!(project.run(["test"]).contains("1 waiting for review"));
    project
}

/// The contents of the snapshot without the header.
fn contents(project: &Project) -> String {
    project.read(SNAPSHOT).rsplit_once("---\n").expect("a header").1.to_owned()
}

fn is_pending(project: &Project) -> bool {
    project.tree().iter().any(|path| path.ends_with(".new"))
}

#[test]
fn each_side_is_shown_against_the_new_output() {
    let project = conflicted("Refunds take five business days.");
    assert_snapshot!(project.run(["diff"]), @"
    exit 5
    --- stdout
    CONFLICT demo::greeting  snapshots/demo__greeting.snap
    ours (HEAD) against the new output:
    @@ -1,3 +1,3 @@
    -output_text: Refunds take [-5-] days.
    +output_text: Refunds take {+five business+} days.
     input_tokens: 9
    -output_tokens: [-20-]
    +output_tokens: {+32+}

    theirs (feature/refunds) against the new output:
    @@ -1,3 +1,3 @@
    -output_text: Refunds take [-a week.-]
    +output_text: Refunds take {+five business days.+}
     input_tokens: 9
    -output_tokens: [-20-]
    +output_tokens: {+32+}

    --- stderr
    1 pending; `bedrock-check review` shows them one by one
    ");
    assert!(project.run(["pending", "--json"]).contains(r#""ours":"HEAD","theirs":"feature/refunds""#));
    let project = conflicted("Refunds take 5 days.");
    assert_snapshot!(project.run(["diff", "-q", "-q"]), @"
    exit 5
    --- stdout
    CONFLICT demo::greeting  snapshots/demo__greeting.snap
    ours (HEAD) is the new output

    theirs (feature/refunds) against the new output:
    @@ -1,3 +1,3 @@
    -output_text: Refunds take [-a week.-]
    +output_text: Refunds take {+5 days.+}
     input_tokens: 9
     output_tokens: 20
    ");
}

#[test]
fn the_new_output_or_one_side_is_accepted() {
    for (words, expected, printed) in [
        (&["accept"][..], NEW, "ACCEPTED demo::greeting\n1 snapshot accepted\n"),
        (
            &["accept", "--side", "ours"],
            OURS,
            "KEPT     demo::greeting  ours (HEAD), which differs from the new output\n1 snapshot resolved\n",
        ),
        (
            &["accept", "demo::greeting", "--side", "theirs"],
            THEIRS,
            "KEPT     demo::greeting  theirs (feature/refunds), which differs from the new output\n1 snapshot resolved\n",
        ),
    ] {
        let project = conflicted("Refunds take five business days.");
        let header = project.read(SNAPSHOT).split_once("<<<").expect("a conflict").0.to_owned();
        assert_eq!(
            project.run_command(project.command().args(words)),
            format!("exit 0\n--- stderr\n{printed}")
        );
        assert_eq!(project.read(SNAPSHOT), format!("{header}{expected}"), "{words:?}");
        assert!(!is_pending(&project), "{words:?}");
    }
}

#[test]
fn a_case_passes_if_its_output_is_the_chosen_side() {
    let project = conflicted("Refunds take 5 days.");
    assert_snapshot!(project.run(["accept", "--side=ours"]), @"
    exit 0
    --- stderr
    KEPT     demo::greeting  ours (HEAD)
    1 snapshot resolved
    ");
    assert!(project.run(["test"]).starts_with("exit 0\n"));
}

#[test]
fn a_side_can_be_chosen_only_for_conflicts() {
    let project = conflicted("Refunds take five business days.");
    project.write(SNAPSHOT, project.read(SNAPSHOT).replace("=======\n", ""));
    let before = project.read(SNAPSHOT);
    assert_snapshot!(project.run(["accept", "--side", "ours"]), @"
    exit 2
    --- stderr
    error: the merge-conflict markers in `snapshots/demo__greeting.snap` don't pair
      = help: accept the new output, without `--side`, or resolve the conflict in an editor
    ");
    assert!(project.run(["diff"]).contains("-<<<<<<< HEAD\n"), "the file as it is");
    assert_eq!(project.read(SNAPSHOT), before);
    let project = crate::review::pending_project();
    assert_snapshot!(project.run(["accept", "--side", "ours"]), @"
    exit 0
    --- stderr
    no pending snapshot is in conflict
    ");
    assert_eq!(project.run(["pending"]).lines().filter(|line| line.contains(".snap.new")).count(), 2);
}

#[test]
fn a_conflict_without_new_output_is_reported() {
    let project = conflicted("Refunds take a week.");
    project.run(["reject"]);
    assert_snapshot!(project.run(["review"]), @"
    exit 2
    --- stderr
      CONFLICT snapshots/demo__greeting.snap
    1 snapshot in conflict; run `bedrock-check test` for the new output, then review it
    error: `review` needs a terminal
      = help: see `bedrock-check diff`, then `bedrock-check accept` or `reject` with a path, a case, `-k` or `--tag`
    ");
}

#[cfg(unix)]
mod on_a_terminal {
    use super::*;
    use crate::review_terminal::{typed, typed_with};

    #[test]
    fn a_side_is_kept_by_its_number() {
        for (keys, expected, tally) in [
            ("1", OURS, "0 accepted, 0 rejected, 1 resolved, 0 still pending\n"),
            ("2", THEIRS, "0 accepted, 0 rejected, 1 resolved, 0 still pending\n"),
            ("a", NEW, "1 accepted, 0 rejected, 0 still pending\n"),
        ] {
            let project = conflicted("Refunds take five business days.");
            let (exit, screens) = typed(&project, keys, &[]);
            assert!(screens.concat().ends_with(tally), "{screens:#?}");
            assert_eq!((exit, contents(&project).as_str()), (0, expected), "{keys}");
            assert!(!is_pending(&project), "{keys}");
        }
    }

    #[test]
    fn both_sides_fit_into_eighty_columns() {
        let project = conflicted("Refunds take a week.");
        let (exit, screens) = typed(&project, "doq", &[]);
        let [unified, beside, file] = screens.as_slice() else { panic!("{screens:#?}") };
        assert_snapshot!(unified, @"
        Reviewing [1/1]
        CONFLICT demo::greeting  snapshots/demo__greeting.snap

        ours (HEAD) against the new output:
        @@ -1,3 +1,3 @@
        -output_text: Refunds take [-5 days.-]
        +output_text: Refunds take {+a week.+}
         input_tokens: 9
         output_tokens: 20

        theirs (feature/refunds) is the new output

        a accept the new output   1 keep ours   2 keep theirs   r reject   s skip
        A R S  the same for all that follow
        i info   d side by side   o old   q quit
        ");
        assert_snapshot!(beside, @"
        Reviewing [1/1]
        CONFLICT demo::greeting  snapshots/demo__greeting.snap

        ours (HEAD) against the new output:
        @@ -1,3 +1,3 @@
        -output_text: Refunds take [-5 days.-] | +output_text: Refunds take {+a week.+}
         input_tokens: 9                       |  input_tokens: 9
         output_tokens: 20                     |  output_tokens: 20

        theirs (feature/refunds) is the new output

        a accept the new output   1 keep ours   2 keep theirs   r reject   s skip
        A R S  the same for all that follow
        i info   d unified   o old   q quit
        ");
        assert_snapshot!(file, @r#"
        Reviewing [1/1]
        CONFLICT demo::greeting  snapshots/demo__greeting.snap

        old: the file, with both sides
         ---
         source: bedrock.toml
         expression: "demo::greeting"
         info:
           model_id: "global.anthropic.claude-haiku-4-5-20251001-v1:0"
           operation: InvokeModel
         ---
         <<<<<<< HEAD
         output_text: Refunds take 5 days.
         ||||||| 1a2b3c4
         output_text: Refunds take ten days.
         =======
         output_text: Refunds take a week.
         >>>>>>> feature/refunds
         input_tokens: 9
         output_tokens: 20
         

        a accept the new output   1 keep ours   2 keep theirs   r reject   s skip
        A R S  the same for all that follow
        i info   d unified   o new   q quit
        0 accepted, 0 rejected, 1 still pending
        "#);
        let widest = screens.iter().flat_map(|screen| screen.lines()).map(|line| line.chars().count()).max();
        assert!(widest <= Some(80), "{widest:?}");
        assert!(exit == 5 && is_pending(&project));
    }

    #[test]
    fn number_keys_do_nothing_without_a_conflict() {
        let project = crate::review::pending_project();
        let (exit, screens) = typed_with(&project, "12A", &[], "12");
        assert!(exit == 0 && screens.len() == 1, "{screens:#?}");
    }
}
