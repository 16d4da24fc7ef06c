# Sourced by the scripts beside it: which Python to use.

# Prints the first Python >= 3.11 on this machine that can make a virtual environment.
find_python() {
    local name
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    echo "no Python >= 3.11 with venv found (Debian packages python3 and python3-venv)" >&2
    return 1
}

# Runs a module of scripts/disposable, with the project's environment where it exists already.
run_disposable() { # REPOSITORY MODULE [ARGUMENT…]
    local python=$1/.venv/bin/python
    [ -x "$python" ] || python=$(find_python) || return
    PYTHONPATH=$1 PYTHONDONTWRITEBYTECODE=1 exec "$python" -P -m "scripts.disposable.$2" "${@:3}"
}
