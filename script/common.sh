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

# Builds leave no server processes behind, speak English (some lines are searched for codes) and say nothing of themselves.
export DOTNET_CLI_UI_LANGUAGE=en DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
