using Amazon.KeyManagementService.Model;
using MicroCreds.Ledger.Keys;
using MicroCreds.Ledger.Keys.AwsKms;
using Xunit;
using KeyUnavailableException = MicroCreds.Ledger.Keys.KeyUnavailableException;

namespace MicroCreds.Ledger.Tests.Ledger.Keys;

/// <summary>Keys with AWS KMS, for which moto stands in.</summary>
public sealed class AwsKmsKeysTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Created_IsFoundByItsLabel_AndSigns()
    {
        using var server = await KmsServer.StartAsync();
        await using var keys = new AwsKmsKeys(server.Options);
        Assert.Empty(await keys.ListAsync("issuer", Cancellation));
        var made = await keys.CreateAsync("issuer", KeyKind.P256, Cancellation);
        var found = Assert.Single(await keys.ListAsync("issuer", Cancellation));
        Assert.Equal(made.PublicKey.ToArray(), found.PublicKey.ToArray());
        Assert.Empty(await keys.ListAsync("iss", Cancellation));

        // Shorter numbers than 32 bytes come up once in 128 signatures.
        for (int i = 0; i < 300; i++) await PlacedKeys.AssertSignsAsync(found);
    }

    [Fact]
    public async Task AliasTurnedToAnotherKey_TheKeyThatWasFound_Signs()
    {
        using var server = await KmsServer.StartAsync();
        await using var keys = new AwsKmsKeys(server.Options);
        using var owner = server.Owner();
        string[] ids = [await MakeAsync(owner, "ECC_NIST_P256"), await MakeAsync(owner, "ECC_NIST_P256")];
        await owner.CreateAliasAsync("alias/fabric", ids[0], Cancellation);
        var key = await keys.FindAsync("alias/fabric", Cancellation);
        await owner.UpdateAliasAsync(
            new UpdateAliasRequest { AliasName = "alias/fabric", TargetKeyId = ids[1] }, Cancellation);
        await PlacedKeys.AssertSignsAsync(key);
    }

    [Fact]
    public async Task Find_NoSuchKeyOrAnotherKind_IsSaid()
    {
        using var server = await KmsServer.StartAsync();
        await using var keys = new AwsKmsKeys(server.Options);
        using var owner = server.Owner();
        var absent = await Assert.ThrowsAsync<KeyUnavailableException>(
            () => keys.FindAsync("alias/none-such", Cancellation));
        Assert.Contains("alias/none-such", absent.Message, StringComparison.Ordinal);
        string id = await MakeAsync(owner, "RSA_2048");
        var other = await Assert.ThrowsAsync<KeyUnavailableException>(() => keys.FindAsync(id, Cancellation));
        Assert.Contains("ECC_NIST_P256", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sign_ServiceHangs_IsSaidInTime_AndSignsOnceItGoesOn()
    {
        using var server = await KmsServer.StartAsync();
        await using var keys = new AwsKmsKeys(server.Options);
        var key = await keys.CreateAsync("issuer", KeyKind.P256, Cancellation);
        await using var impatient = new AwsKmsKeys(server.Options with { Timeout = TimeSpan.FromMilliseconds(500) });
        var same = Assert.Single(await keys.ListAsync("issuer", Cancellation));
        Assert.Equal(key.PublicKey.ToArray(), same.PublicKey.ToArray());
        server.Suspend();
        try
        {
            var hanging = await Assert.ThrowsAsync<KeyUnavailableException>(
                () => impatient.ListAsync("issuer", Cancellation));
            Assert.Contains("cannot be reached", hanging.Message, StringComparison.Ordinal);
        }
        finally
        {
            server.Resume();
        }

        await PlacedKeys.AssertSignsAsync(same);
    }

    [Fact]
    public async Task Sign_ServiceGone_IsSaid()
    {
        using var server = await KmsServer.StartAsync();
        await using var keys = new AwsKmsKeys(server.Options);
        var key = await keys.CreateAsync("issuer", KeyKind.P256, Cancellation);
        server.Stop();
        Assert.Contains("AWS KMS", (await PlacedKeys.FaultOfAsync(key)).Message, StringComparison.Ordinal);
    }

    private static async Task<string> MakeAsync(
        Amazon.KeyManagementService.AmazonKeyManagementServiceClient owner, string spec)
    {
        var made = await owner.CreateKeyAsync(
            new CreateKeyRequest { KeySpec = spec, KeyUsage = "SIGN_VERIFY" }, Cancellation);
        return made.KeyMetadata.KeyId;
    }
}
