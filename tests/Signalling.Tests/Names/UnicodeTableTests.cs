using System.Text;
using Causeway.Signalling.Names;
using Causeway.Tests.Support.Running;
using CsCheck;

namespace Causeway.Signalling.Tests.Names;

public class UnicodeTableTests
{
    private static string TableFile => Checkout.At("signalling", "Names", "unicode.txt");

    [Fact]
    public async Task The_table_is_what_the_Unicode_Character_Database_says()
    {
        Assert.SkipWhen(UnicodeFiles.Missing is not null, UnicodeFiles.Missing ?? "");
        var made = UnicodeFiles.Table();
        if (Environment.GetEnvironmentVariable("CAUSEWAY_REGENERATE") == "1")
            await File.WriteAllTextAsync(TableFile, made, TestContext.Current.CancellationToken);
        var kept = await File.ReadAllTextAsync(TableFile, TestContext.Current.CancellationToken);
        Assert.SkipUnless(
            kept.StartsWith($"# Unicode {UnicodeFiles.Version}:", StringComparison.Ordinal),
            $"the database installed here is that of Unicode {UnicodeFiles.Version}, another one than the table's");
        Assert.Equal(made, kept);
    }

    [Fact]
    public void The_Consortiums_test_of_normalization_passes()
    {
        Assert.SkipWhen(UnicodeFiles.Missing is not null, UnicodeFiles.Missing ?? "");
        var lines = UnicodeFiles.NormalizationTest().ToList();
        Assert.InRange(lines.Count, 15_000, int.MaxValue);
        foreach (var line in lines)
        {
            var (source, nfc, nfd, nfkc, nfkd) = (line[0], line[1], line[2], line[3], line[4]);
            Assert.All([source, nfc, nfd], text => Assert.Equal(nfc, Normalization.ToNfc(text)));
            Assert.All([nfkc, nfkd], text => Assert.Equal(nfkc, Normalization.ToNfc(text)));
            Assert.All([source, nfc, nfd], text => Assert.Equal(nfd, Normalization.ToNfd(text)));
        }
    }

    // .NET's own does nothing here, and does not say so.
    [Fact]
    public void The_frameworks_normalization_is_not_to_be_used() => Assert.Equal("e\u0301", "e\u0301".Normalize(NormalizationForm.FormC));

    [Fact]
    public void What_is_folded_stays_as_it_is()
    {
        Rune[] odd =
        [
            new(0x345), new(0x3B1), new(0x1F80), new(0x130), new(0x1E9E), new(0xDF), new(0x3C2), new(0x212A), new(0x301), new(0x323),
            new(0xAC00), new(0x11A8), new(0x1F88), new(0x13A0), new(0xAB70),
        ];
        Gen.OneOf(Gen.Int[0, odd.Length - 1].Select(i => odd[i]), Gen.Int[0x20, 0x2FFF].Select(code => new Rune(code))).Array[1, 8]
            .Sample(runes =>
        {
            var once = Normalization.Fold(string.Concat(runes));
            return Normalization.Fold(once) == once
                && Normalization.ToNfc(once) == once
                && Normalization.Fold(Normalization.ToNfd(string.Concat(runes))) == once;
        });
    }
}
