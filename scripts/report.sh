# Sourced by check and test: run every step, stop at none, tell all at the end.

passed=()
failed=()
not_run_lines=()

# step NAME COMMAND…: runs it in sight.
step() {
    local name=$1 started=$SECONDS
    shift
    echo "== $name"
    if "$@"; then
        passed+=("$name")
        echo "== $name passed in $((SECONDS - started)) s"
    else
        failed+=("$name")
        echo "== $name FAILED after $((SECONDS - started)) s"
    fi
}

# not_run WHAT: for what this machine cannot run; told once, at the very end.
not_run() {
    not_run_lines+=("NOT RUN: $1")
}

# Hands the lines to the script that called this one, else prints them; answers by the failures.
finish() {
    local line
    for line in ${not_run_lines[@]+"${not_run_lines[@]}"}; do
        if [ -n "${MZI_NOT_RUN_FILE:-}" ]; then
            echo "$line" >>"$MZI_NOT_RUN_FILE"
        else
            echo "$line"
        fi
    done
    echo "== $1: ${#passed[@]} steps passed, ${#failed[@]} failed, ${#not_run_lines[@]} not run"
    [ ${#failed[@]} -eq 0 ] || { printf '   FAILED: %s\n' "${failed[@]}" && return 1; }
}
