using System.Text;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

public sealed class NoteTests
{
    // The examples of C2SP's signed-note and tlog-cosignature.
    private const string Key = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    private const string Note =
        "This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1"
        + "ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    private const string Cosigned =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        + "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku"
        + "9nTo+zyWE+xeMcTOAYQ8=\n"
        + "\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqh"
        + "f5nNo0xUe+mbIUBkBIfZ+qnA==\n";

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void SpecificationsNote_IsOpenedByItsKey_AndNotOnceItIsChanged()
    {
        var key = NoteKey.Parse(Key);
        Assert.Equal(Key, key.ToString());
        var note = Parse(Note);
        Assert.Equal(Note, note.ToString());
        Assert.True(note.TryOpen([key], out var opened, out _));
        Assert.Equal(key, Assert.Single(opened).Key);
        var changed = Parse(Note.Replace("example message", "Example message", StringComparison.Ordinal));
        Assert.False(changed.TryOpen([key], out opened, out string? fault));
        Assert.Empty(opened);
        Assert.Contains("does not verify", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void SpecificationsCosignedHead_IsReadToItsTime()
    {
        var note = Parse(Cosigned);
        Assert.Equal(20_852_163, LogHead.Parse(note.Text).Size);
        Assert.Equal(note.Text, LogHead.Parse(note.Text).ToText());
        Assert.Equal(2, note.Signatures.Count);
        Assert.Equal(Cosigned, note.ToString());
        Assert.StartsWith(
            "00000000641850cb", Convert.ToHexStringLower(note.Signatures[1].Bytes.Span), StringComparison.Ordinal);
        using var key = IssuerPrivateKey.Generate(KeyAlgorithm.Ed25519);
        var cosigner = new NoteSigner("witness.example/w", NoteKeyType.Cosignature, key).Key;
        Assert.Equal("cosignature/v1\ntime 1679315147\n" + note.Text, Encoding.UTF8.GetString(
            cosigner.CosignedBytes(note.Text, 1679315147)!));
    }

    [Theory]
    [InlineData("text\n")]
    [InlineData("text\n\n")]
    [InlineData("text\n\n\u2014 a AAAAAAA=")]
    [InlineData("text\n\n\u2014 a AAAA\n")]
    [InlineData("text\n\n- a AAAAAAA=\n")]
    [InlineData("text\n\n\u2014 a+b AAAAAAA=\n")]
    [InlineData("text\n\n\u2014  AAAAAAA=\n")]
    [InlineData("text\n\n\u2014 a AAAAAAB=\n")]
    [InlineData("text\n\n\u2014 a AAAA AAA=\n")]
    [InlineData("te\txt\n\n\u2014 a AAAAAAA=\n")]
    public void Note_InAnotherForm_IsRefused(string text) => Assert.Throws<FormatException>(() => Parse(text));

    [Fact]
    public void Note_OfBadBytesOrFarTooLong_IsRefused()
    {
        byte[] good = Encoding.UTF8.GetBytes("text\n\n\u2014 a AAAAAAA=\n");
        SignedNote.Parse(good);
        Assert.Throws<FormatException>(() => SignedNote.Parse([0xff, .. good]));
        Assert.Throws<FormatException>(() => SignedNote.Parse([.. new byte[SignedNote.MaxBytes], .. good]));
        string many = string.Concat(Enumerable.Repeat("\u2014 a AAAAAAA=\n", SignedNote.MaxSignatures + 1));
        Assert.Throws<FormatException>(() => Parse("text\n\n" + many));
    }

    [Theory]
    [InlineData("")]
    [InlineData("example.com/foo")]
    [InlineData("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/fo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903a+BukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q==")]
    [InlineData("example.com/foo+530d903a+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void VerifierKey_ThatIsNone_IsRefused(string text) =>
        Assert.Throws<FormatException>(() => NoteKey.Parse(text));

    [Theory]
    [InlineData("\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("a\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("a\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("a\n9223372036854775808\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n")]
    [InlineData("a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")]
    [InlineData("a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n")]
    [InlineData("a\n1\n")]
    public void Head_InAnotherForm_IsRefused(string text) => Assert.Throws<FormatException>(() => LogHead.Parse(text));

    [Fact]
    public async Task SignedAndCosigned_OpenForWhoTrustsThem_AndOthersArePassedOver()
    {
        using var log = IssuerPrivateKey.Generate(KeyAlgorithm.Ed25519);
        using var witness = IssuerPrivateKey.Generate(KeyAlgorithm.Ed25519);
        using var stranger = IssuerPrivateKey.Generate(KeyAlgorithm.Ed25519);
        var signer = new NoteSigner("log.example/a", NoteKeyType.Ed25519, log);
        var cosigner = new NoteSigner("witness.example/w", NoteKeyType.Cosignature, witness);
        var other = new NoteSigner("witness.example/w", NoteKeyType.Cosignature, stranger);
        string text = new LogHead("log.example/a", 0, LogHead.EmptyRoot).ToText();
        var note = new SignedNote(text, [])
            .With(await signer.SignAsync(text, Now, Cancelled)).With(await other.SignAsync(text, Now, Cancelled))
            .With(await cosigner.SignAsync(text, Now, Cancelled));
        note = SignedNote.Parse(note.ToBytes());

        Assert.True(note.TryOpen([NoteKey.Parse(signer.Key.ToString()), cosigner.Key], out var opened, out _));
        Assert.Equal([null, Now], opened.Select(one => one.Time));
        using var absent = IssuerPrivateKey.Generate(KeyAlgorithm.Ed25519);
        var unknown = new NoteSigner("log.example/a", NoteKeyType.Ed25519, absent).Key;
        Assert.False(note.TryOpen([unknown], out _, out string? fault));
        Assert.Contains("No key", fault, StringComparison.Ordinal);

        // A key's cosignature is no signature of it, nor one of another text or moment.
        var plain = new NoteSigner("witness.example/w", NoteKeyType.Ed25519, witness).Key;
        Assert.False(note.TryOpen([plain], out _, out _));
        var cosignature = note.Signatures[2];
        byte[] later = [.. cosignature.Bytes.Span];
        later[7]++;
        Assert.False(cosigner.Key.Verify(text, later, out _));
        Assert.False(cosigner.Key.Verify(text + "more\n", cosignature.Bytes.Span, out _));
        later[0] = 0xff;
        Assert.False(cosigner.Key.Verify(text, later, out _));
        Assert.False(cosigner.Key.Verify(text, [], out _));
    }

    [Fact]
    public void Signer_OfAnotherKindOfKey_IsRefused()
    {
        using var key = IssuerPrivateKey.Generate();
        Assert.Throws<FormatException>(() => new NoteSigner("log.example/a", NoteKeyType.Ed25519, key));
        using var right = IssuerPrivateKey.Generate(KeyAlgorithm.Ed25519);
        Assert.Throws<FormatException>(() => new NoteSigner("a log", NoteKeyType.Ed25519, right));
        Assert.Throws<FormatException>(() => new NoteSigner("a+log", NoteKeyType.Ed25519, right));
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static SignedNote Parse(string text) => SignedNote.Parse(Encoding.UTF8.GetBytes(text));
}
