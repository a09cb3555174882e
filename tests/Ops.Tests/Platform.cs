using System.Runtime.Versioning;

// These tests run scripts and look at file modes.
[assembly: UnsupportedOSPlatform("windows")]
