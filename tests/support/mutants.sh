#!/usr/bin/env bash
# Changes the code in small ways, one at a time (`x < y` to `x <= y`, a function to a constant), and lists the changes that no test detects.
#
#   tests/support/mutants.sh OUT SHARD/COUNT [MODULE…]
#   tests/support/mutants.sh target/mutants-out 0/12            # every twelfth mutant of each module below
#   tests/support/mutants.sh target/mutants-out 0/1 wire        # all of one module
#
# The unit tests run on each mutant first. If they pass, the topics of `--test it` that use the module run. Prints the number of
# caught mutants and lists the missed ones; the logs are in OUT. Exit 1 if a mutant was missed.
# Needs cargo-mutants (`cargo install --locked cargo-mutants`). A mutant takes a minute or two on two processors.
set -euo pipefail

# A mutant of the code that recognises devices would replace /dev/null by a file.
[ "$(id -u)" -ne 0 ] || { echo "mutants.sh: don't run mutants as root: some replace files in /dev" >&2; exit 1; }

usage="usage: mutants.sh OUT SHARD/COUNT [MODULE…]"
out=${1:?$usage}
shard=${2:?$usage}
modules=("${@:3}")
[ "${#modules[@]}" -gt 0 ] || modules=(wire run expect mapping invoke/live/gate files iam/evaluator)
cd "$(dirname "$0")/../.."
mkdir -p "$out"
out=$(cd "$out" && pwd)

# Mutants are built in a copy of the repository. So the material beside the repository gets an absolute path, and all
# mutants share one target folder.
material=${BEDROCK_CHECK_MATERIAL:-../shared}
[ ! -d "$material" ] || BEDROCK_CHECK_MATERIAL=$(cd "$material" && pwd)
export BEDROCK_CHECK_MATERIAL=${BEDROCK_CHECK_MATERIAL:-}
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target/mutants}
export CARGO_PROFILE_DEV_DEBUG=0

# The topics of tests/main.rs that use a module.
topics() {
    case $1 in
        wire) echo answer_kinds:: recorded_exchanges:: recording:: invoke_doctor_plan:: import:: ;;
        run)
            echo run_outcomes:: case_selection:: shards:: snapshot_updates:: reports network_faults:: rows:: limits:: interrupt:: \
                token_bounds::
            ;;
        expect) echo expect:: answer_kinds:: run_outcomes:: probe:: ;;
        mapping) echo mapping:: map_infer:: jsonpath:: aws_facts:: explain_examples:: bad_input:: ;;
        invoke/live/gate) echo limits:: token_bounds:: invoke_doctor_plan:: recording:: ;;
        files) echo output_streams:: isolation:: bundle config_discovery:: review:: unreferenced:: ;;
        iam/evaluator) echo iam setup_mistakes:: ;;
        *) echo "mutants.sh: no topics are listed for src/$1" >&2; return 1 ;;
    esac
}

# cargo-mutants runs `cargo test` once for each mutant. This replacement builds the integration tests, which take longest, only if
# the unit tests pass. A test that hangs counts as failed.
cat > "$out/cargo" <<'END'
#!/usr/bin/env bash
case "$*" in
    test\ *--no-run*) exec cargo test --lib --no-run ;;
    test\ *) ;;
    *) exec cargo "$@" ;;
esac
timeout 300 cargo test --lib || exit 1
cargo test --test it --no-run || exit 1
# shellcheck disable=SC2086 # one argument for each topic
timeout 900 cargo test --test it -- $TOPICS || exit 1
END
chmod +x "$out/cargo"

for module in "${modules[@]}"; do
    TOPICS=$(topics "$module")
    export TOPICS
    results=$out/${module//\//-}
    rm -rf "$results"
    mkdir -p "$results"
    # `cargo mutants` would overwrite CARGO with the path of cargo, so cargo-mutants is called directly. It exits 2 if mutants were
    # missed, and 3 if tests timed out.
    status=0
    CARGO=$out/cargo cargo-mutants mutants --output "$results" --file "src/$module.rs" --file "src/$module/**" \
        --shard "$shard" --sharding round-robin --no-shuffle --colors never --timeout 3600 || status=$?
    case $status in 0 | 2 | 3) ;; *) exit "$status" ;; esac
done

printf '\n%-20s %7s %7s %13s\n' module caught missed 'not compiling'
all_missed=
for module in "${modules[@]}"; do
    lists=$out/${module//\//-}/mutants.out
    missed=$(cat "$lists/missed.txt" "$lists/timeout.txt")
    printf '%-20s %7d %7d %13d\n' "$module" "$(wc -l < "$lists/caught.txt")" \
        "$(printf '%s' "$missed" | grep -c '')" "$(wc -l < "$lists/unviable.txt")"
    all_missed+=${missed:+$missed$'\n'}
done
[ -z "$all_missed" ] || { printf '\nmissed:\n%s' "$all_missed"; exit 1; }
