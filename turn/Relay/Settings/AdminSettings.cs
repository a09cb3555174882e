using System.Net;
using Causeway.Turn.Fleet;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using static System.FormattableString;

namespace Causeway.Relay.Settings;

/// <summary>Parses the settings of the admin interface. Tokens never appear in a message.</summary>
internal static class AdminSettings
{
    private const int MinTokenLength = 32;
    private const int MaxTokens = 16;
    private const string Advice = "`openssl rand -base64 32` generates one";

    public static (IPEndPoint? EndPoint, IReadOnlyList<string> Tokens) Parse(RelayOptions options, ICollection<string> mistakes)
    {
        var tokens = LoadTokens(options.AdminTokenFile, mistakes);
        if (string.IsNullOrEmpty(options.Admin)) return (null, tokens);

        // The framework parses "9478" as the address 0.0.37.6; this parser is strict.
        if (!TransportAddress.TryParse(options.Admin, out var address))
        {
            mistakes.Add($"relay.admin: {options.Admin} is not an address with a port; write one, as 127.0.0.1:9478");
            return (null, tokens);
        }

        var endPoint = address.ToIPEndPoint();
        if (!IPAddress.IsLoopback(endPoint.Address) && string.IsNullOrEmpty(options.AdminTokenFile))
        {
            mistakes.Add(
                $"relay.adminTokenFile: is missing, but relay.admin ({options.Admin}) is not on loopback, where others could end sessions; "
                + $"name a file with a token ({Advice}), or write a loopback address, as 127.0.0.1:{endPoint.Port}");
        }

        return (endPoint, tokens);
    }

    /// <summary>Whether a header can carry a token: visible ASCII without spaces.</summary>
    public static bool IsSendable(string token) => token.All(letter => letter is > ' ' and <= '~');

    private static List<string> LoadTokens(string? file, ICollection<string> mistakes)
    {
        if (string.IsNullOrEmpty(file)) return [];
        if (SecretLines.Read("relay.adminTokenFile", file, mistakes, MaxTokens + 1) is not { } lines) return [];

        if (lines.Count == 0) mistakes.Add($"relay.adminTokenFile: {file} is empty; write one token per line, {Advice}");
        if (lines.Count > MaxTokens) mistakes.Add(Invariant($"relay.adminTokenFile: {file} has more than {MaxTokens} lines; write fewer"));
        for (var i = 0; i < lines.Count; i++)
        {
            var where = Invariant($"relay.adminTokenFile: {file}, line {i + 1}");
            if (lines[i].Length < MinTokenLength)
                mistakes.Add(Invariant($"{where}: has {lines[i].Length} characters; write at least {MinTokenLength}, {Advice}"));
            else if (!IsSendable(lines[i]))
                mistakes.Add($"{where}: has characters that a header can't carry; write visible ASCII without spaces, {Advice}");
        }

        return lines;
    }
}
