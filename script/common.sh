# What the scripts share; sourced by them, from the project's top folder.
# shellcheck shell=bash

# Ends the script with one line: what is wrong, and what to do.
fail() {
    printf '%s: %s\n' "script/$(basename "$0")" "$1" >&2
    exit "${2:-1}"
}

# Ends the script unless the SDK that global.json asks for is there.
require_sdk() {
    local wanted
    wanted=$(sed -n 's/.*"version": *"\([^"]*\)".*/\1/p' global.json)
    command -v dotnet > /dev/null ||
        fail "there is no 'dotnet' on PATH; install the .NET SDK $wanted or later from https://dotnet.microsoft.com/download/dotnet/10.0"
    dotnet --version > /dev/null 2>&1 ||
        fail "the .NET SDK $wanted or later is missing ('dotnet --list-sdks' shows what is there); install it from https://dotnet.microsoft.com/download/dotnet/10.0"
}

# A service's user may have no home; dotnet insists on one.
[[ -w ${HOME:-} ]] || export HOME=$PWD/artifacts/home

# Builds leave no server processes behind, speak English (some lines are searched for codes) and say nothing of themselves.
export DOTNET_CLI_UI_LANGUAGE=en DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false

# Ends the script unless a folder below the checkout can be written.
require_writable() {
    { mkdir -p "$1" && [[ -w $1 ]]; } 2> /dev/null ||
        fail "cannot write to $PWD/$1; run this from a checkout that belongs to you, or give it to yourself with: sudo chown -R $(id -un) $PWD"
}

# Builds the command line and everything it runs, when a source is newer than the last build. Only the first time needs the network.
ops=artifacts/bin/Causeway.Ops/debug/causeway-ops.dll
ops_built=artifacts/ops.built
build_ops() {
    local log=artifacts/build-ops.log built=$ops_built begun=artifacts/ops.begun.$$
    # Folders count too: a file that was deleted leaves its trace there.
    [[ -e $ops && -e $built && -z $(find turn signalling infra ./*.props global.json -newer "$built" -print -quit) ]] && return

    if [[ -e $built ]]; then
        echo "Building ..." >&2
    else
        echo "Building. The first time takes some minutes and fetches packages; later starts take seconds." >&2
    fi
    touch "$begun"    # what changes while it builds is newer
    if dotnet build infra/Ops -v m --nologo 2>&1 | tee "$log" | build_progress >&2; then
        mv "$begun" "$built"
        return
    fi
    rm -f "$begun"
    grep -E 'error [A-Z]+[0-9]+' "$log" | sort -u | head -n 5 >&2
    ! grep -qE 'error NU[0-9]+' "$log" || fail "packages could not be restored (lines above, all of it in $log); the first run needs the network"
    fail "the build failed (lines above, all of it in $log)"
}

# Shows what a build has finished, a line for each project; its other lines are in the log.
build_progress() {
    local line count=0
    while read -r line; do
        case $line in
            *"Determining projects to restore"*) echo "  Restoring packages" ;;
            *" -> "*.dll) echo "  $((++count)): ${line%% -> *}" ;;
        esac
    done
}
