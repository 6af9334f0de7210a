using MicroCreds.Ledger.Keys;
using MicroCreds.Ledger.Keys.Pkcs11;
using MicroCreds.Ledger.Tests.EndToEnd;
using Org.BouncyCastle.Math.EC.Rfc8032;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Keys;

/// <summary>Keys in a real token, SoftHSM's.</summary>
[Collection(SoftToken.Tests)]
public sealed class Pkcs11TokenTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sign_P256_IsVerifiedByThePublicKey()
    {
        using var soft = SoftToken.Make();
        await using var token = await soft.OpenAsync();
        var key = await token.CreateAsync("issuer", KeyKind.P256, Cancellation);
        await PlacedKeys.AssertSignsAsync(key);
    }

    [Fact]
    public async Task Sign_Ed25519_IsVerifiedByThePublicKey()
    {
        using var soft = SoftToken.Make();
        await using var token = await soft.OpenAsync();
        var key = await token.CreateAsync("issuer", KeyKind.Ed25519, Cancellation);
        byte[] message = "All of it, without a hash before it."u8.ToArray();
        byte[] signature = await key.SignAsync(message, Cancellation);
        Assert.True(Ed25519.Verify(signature, 0, key.PublicKey.ToArray(), 0, message, 0, message.Length));
    }

    [Theory]
    [InlineData(KeyKind.P256)]
    [InlineData(KeyKind.Ed25519)]
    public async Task Created_CannotBeTakenOut_AndIsFoundAgain(KeyKind kind)
    {
        using var soft = SoftToken.Make();
        await using var token = await soft.OpenAsync();
        var made = await token.CreateAsync("issuer", kind, Cancellation);
        string shown = soft.Ask("--list-objects", "--type", "privkey");
        Assert.Contains("sensitive, always sensitive, never extractable", shown, StringComparison.Ordinal);
        var found = await token.FindAsync("issuer", Cancellation);
        Assert.Equal(made.PublicKey.ToArray(), found.PublicKey.ToArray());
        Assert.Equal(kind, found.Kind);
    }

    [Fact]
    public async Task List_KeysMadeByAnotherProgram_AreFound()
    {
        using var soft = SoftToken.Make();
        await using var token = await soft.OpenAsync();
        Assert.Empty(await token.ListAsync("issuer", Cancellation));
        foreach (string id in (string[])["01", "02"])
            soft.Ask("--keypairgen", "--key-type", "EC:prime256v1", "--label", "issuer", "--id", id, "--usage-sign");
        var found = await token.ListAsync("issuer", Cancellation);
        Assert.Equal(2, found.Count);
        foreach (var key in found) await PlacedKeys.AssertSignsAsync(key);
    }

    [Fact]
    public async Task Open_WrongPin_IsNotTriedAgain_UntilTheFileChanges()
    {
        using var soft = SoftToken.Make();
        await using var token = await soft.OpenAsync();
        var key = await token.CreateAsync("issuer", KeyKind.P256, Cancellation);
        soft.TakeAway();
        await Assert.ThrowsAsync<KeyUnavailableException>(async () => await key.SignAsync(new byte[32], Cancellation));
        soft.WritePin("wrong-pin-0000");
        soft.PutBack();

        // The first refusal is the token's; all after it are not asked for.
        KeyUnavailableException? refused = null;
        await Until.TrueAsync(
            async () => (refused = await PlacedKeys.FaultOfAsync(key)).Message.Contains(
                "refused the PIN", StringComparison.Ordinal),
            () => $"{refused}");
        Assert.DoesNotContain("wrong-pin", $"{refused}", StringComparison.Ordinal);
        var again = await PlacedKeys.FaultOfAsync(key);
        Assert.Contains("not tried again", again.Message, StringComparison.Ordinal);
        Assert.Null(again.InnerException);
        soft.WriteRightPin();
        await PlacedKeys.AssertSignsAsync(key);
    }

    [Fact]
    public async Task PinChanged_OpenSessionsGoOn_AndTheNextOpeningReadsTheFile()
    {
        using var soft = SoftToken.Make();
        await using var token = await soft.OpenAsync();
        var key = await token.CreateAsync("issuer", KeyKind.P256, Cancellation);
        soft.ChangePin("another-pin-4826");
        await PlacedKeys.AssertSignsAsync(key);
        soft.WriteRightPin();
        soft.TakeAway();
        await PlacedKeys.FaultOfAsync(key);
        soft.PutBack();
        await Until.TrueAsync(() => SignsAsync(key), () => "It does not open with the new PIN.");
    }

    [Fact]
    public async Task Open_WrongPinAtTheStart_IsSaid()
    {
        using var soft = SoftToken.Make();
        soft.WritePin("wrong-pin-0000");
        var refused = await Assert.ThrowsAsync<KeyUnavailableException>(soft.OpenAsync);
        Assert.Contains("refused the PIN", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-pin", $"{refused}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_NoPinFile_IsSaid()
    {
        using var soft = SoftToken.Make();
        File.Delete(soft.PinFile);
        var refused = await Assert.ThrowsAsync<KeyUnavailableException>(soft.OpenAsync);
        Assert.Contains("PIN file", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_AbsentToken_NamesThoseThatAreThere()
    {
        using var soft = SoftToken.Make();
        var refused = await Assert.ThrowsAsync<KeyUnavailableException>(() => Pkcs11Token.OpenAsync(
            soft.Options with { Token = "misspelt" }, Cancellation));
        Assert.Contains("\"misspelt\"", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"\"{soft.Label}\"", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_NoPkcs11Library_IsSaid()
    {
        using var soft = SoftToken.Make();
        var refused = await Assert.ThrowsAsync<KeyUnavailableException>(() => Pkcs11Token.OpenAsync(
            soft.Options with { Module = soft.PinFile }, Cancellation));
        Assert.Contains("cannot be loaded", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_NoneOrSeveral_IsSaid()
    {
        using var soft = SoftToken.Make();
        await using var token = await soft.OpenAsync();
        var absent = await Assert.ThrowsAsync<KeyUnavailableException>(() => token.FindAsync("fabric", Cancellation));
        Assert.Contains("no private key with the label \"fabric\"", absent.Message, StringComparison.Ordinal);
        await token.CreateAsync("fabric", KeyKind.P256, Cancellation);
        await token.CreateAsync("fabric", KeyKind.P256, Cancellation);
        var several = await Assert.ThrowsAsync<KeyUnavailableException>(() => token.FindAsync("fabric", Cancellation));
        Assert.Contains("2 private keys", several.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_AnotherCurve_IsSaid()
    {
        using var soft = SoftToken.Make();
        await using var token = await soft.OpenAsync();
        soft.Ask("--keypairgen", "--key-type", "EC:secp384r1", "--label", "fabric", "--id", "01", "--usage-sign");
        var other = await Assert.ThrowsAsync<KeyUnavailableException>(() => token.FindAsync("fabric", Cancellation));
        Assert.Contains("another curve", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Removed_IsSaid_AndSignsAgainOnceItIsBack()
    {
        using var soft = SoftToken.Make();
        await using var token = await soft.OpenAsync();
        var key = await token.CreateAsync("issuer", KeyKind.P256, Cancellation);
        await PlacedKeys.AssertSignsAsync(key);
        soft.TakeAway();
        Assert.Contains(soft.Label, (await PlacedKeys.FaultOfAsync(key)).Message, StringComparison.Ordinal);
        Assert.Contains(soft.Label, (await PlacedKeys.FaultOfAsync(key)).Message, StringComparison.Ordinal);
        soft.PutBack();
        await Until.TrueAsync(() => SignsAsync(key), () => "The token is back and does not sign.");
    }

    [Fact]
    public async Task KeyDeleted_IsSaid()
    {
        using var soft = SoftToken.Make();
        await using var token = await soft.OpenAsync();
        soft.Ask("--keypairgen", "--key-type", "EC:prime256v1", "--label", "issuer", "--id", "01", "--usage-sign");
        var key = await token.FindAsync("issuer", Cancellation);
        await PlacedKeys.AssertSignsAsync(key);
        soft.Ask("--delete-object", "--type", "privkey", "--id", "01");
        Assert.Contains("issuer", (await PlacedKeys.FaultOfAsync(key)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Sign_ManyAtOnceOnFewSessions_AllAreVerified(int sessions)
    {
        using var soft = SoftToken.Make();
        await using var token = await Pkcs11Token.OpenAsync(
            soft.Options with { MaxSessions = sessions }, Cancellation);
        var key = await token.CreateAsync("issuer", KeyKind.P256, Cancellation);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => PlacedKeys.AssertSignsAsync(key)));
    }

    [Fact]
    public async Task TwoTokensOfOneLibrary_OneTakenAway_TheOtherSigns()
    {
        using var gone = SoftToken.Make();
        using var soft = SoftToken.Make();
        await using var token = await soft.OpenAsync();
        await using var other = await gone.OpenAsync();
        var key = await token.CreateAsync("issuer", KeyKind.P256, Cancellation);
        var lost = await other.CreateAsync("issuer", KeyKind.P256, Cancellation);
        gone.TakeAway();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            if (i % 10 == 0) await PlacedKeys.FaultOfAsync(lost);
            await PlacedKeys.AssertSignsAsync(key);
        }));
    }

    private static async Task<bool> SignsAsync(IPlacedKey key)
    {
        try
        {
            await PlacedKeys.AssertSignsAsync(key);
            return true;
        }
        catch (KeyUnavailableException)
        {
            return false;
        }
    }
}
