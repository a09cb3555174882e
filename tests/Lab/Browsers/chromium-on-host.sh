#!/bin/sh
# Starts Chromium in the network namespace of a host.
exec ip netns exec "$LAB_NAMESPACE" "$LAB_CHROMIUM" "$@"
