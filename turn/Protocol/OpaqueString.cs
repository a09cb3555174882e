using System.Globalization;
using System.Text;

namespace Causeway.Turn.Protocol;

/// <summary>
/// The OpaqueString profile (RFC 8265 §4.2) of usernames and passwords, as far as the relay applies it to its settings: every space is
/// U+0020, and control characters, lone surrogates and noncharacters are refused. Text is not normalized, because the relay runs without
/// Unicode's tables: a setting must be written in NFC, as clients send it.
/// </summary>
internal static class OpaqueString
{
    /// <summary>Prepares a text.</summary>
    /// <returns>False when it is empty or contains what the profile doesn't allow.</returns>
    internal static bool TryPrepare(string text, out string prepared)
    {
        var result = new StringBuilder(text.Length);
        prepared = "";
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) != System.Buffers.OperationStatus.Done) return false;

            var category = Rune.GetUnicodeCategory(rune);
            if (category is UnicodeCategory.Control or UnicodeCategory.OtherNotAssigned) return false;
            if (category == UnicodeCategory.SpaceSeparator) result.Append(' ');
            else result.Append(rest[..length]);
            rest = rest[length..];
        }

        prepared = result.ToString();
        return prepared.Length > 0;
    }
}
