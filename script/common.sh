# What the scripts share; sourced by them, from the project's top folder.
# shellcheck shell=bash

# Ends the script with one line: what is wrong, and how to fix it.
fail() {
    printf '%s: %s\n' "script/$(basename "$0")" "$1" >&2
    exit "${2:-1}"
}

# Ends the script unless the SDK that global.json requires is installed.
require_sdk() {
    local wanted page=https://dotnet.microsoft.com/download/dotnet/10.0
    wanted=$(sed -n 's/.*"version": *"\([^"]*\)".*/\1/p' global.json)
    command -v dotnet > /dev/null ||
        fail "'dotnet' isn't on the PATH; install the .NET SDK $wanted or later from $page"
    dotnet --version > /dev/null 2>&1 ||
        fail "the .NET SDK $wanted or later isn't installed ('dotnet --list-sdks' lists yours); install it from $page"
}

# The user of a service may have no home; dotnet needs one.
[[ -w ${HOME:-} ]] || export HOME=$PWD/artifacts/home

# Builds leave no server processes behind and print English, since some lines are searched for codes.
export DOTNET_CLI_UI_LANGUAGE=en DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false

# Ends the script unless a folder below the checkout is writable.
require_writable() {
    { mkdir -p "$1" && [[ -w $1 ]]; } 2> /dev/null ||
        fail "can't write to $PWD/$1; run this from a checkout that you own, or own it: sudo chown -R $(id -un) $PWD"
}

installed() {
    # Not `-s`: that also succeeds for a package that was removed but left its configuration.
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null) == installed ]]
}

apt_install() { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; }

# Builds the command line and what it runs when a source is newer than the last build. Only the first build needs the network.
ops=artifacts/bin/Causeway.Ops/debug/causeway-ops.dll
ops_built=artifacts/ops.built
build_ops() {
    local log=artifacts/build-ops.log built=$ops_built begun=artifacts/ops.begun.$$
    # Folders count too: deleting a file changes its folder.
    [[ -e $ops && -e $built && -z $(find turn signalling infra ./*.props global.json -newer "$built" -print -quit) ]] && return

    if [[ -e $built ]]; then
        echo "Building ..." >&2
    else
        echo "Building. The first build fetches packages and takes some minutes; later starts take seconds." >&2
    fi
    touch "$begun"    # what changes while it builds is newer
    if dotnet build infra/Ops -v m --nologo 2>&1 | tee "$log" | build_progress >&2; then
        mv "$begun" "$built"
        return
    fi
    rm -f "$begun"
    grep -E 'error [A-Z]+[0-9]+' "$log" | sort -u | head -n 5 >&2
    ! grep -qE 'error NU[0-9]+' "$log" || fail "restoring packages failed (see above and $log); the first run needs the network"
    fail "the build failed (see above and $log)"
}

# Prints a line for each project that a build has finished; its other lines are in the log.
build_progress() {
    local line count=0
    while read -r line; do
        case $line in
            *"Determining projects to restore"*) echo "  Restoring packages" ;;
            *" -> "*.dll) echo "  $((++count)): ${line%% -> *}" ;;
        esac
    done
}
