using MicroCreds.Ledger.Keys;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Keys;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>The Fabric identity's key is made anew, with a certificate for it: what was signed before stays.</summary>
[Collection(SoftToken.Tests)]
public sealed class FabricIdentityTests(LedgerFixture ledger) : IClassFixture<LedgerFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RotatedFromAFileIntoTheToken_AndThereAgain_IssuesOn()
    {
        using var token = SoftToken.Make();
        var member = ledger[LedgerFixture.Aurora];
        string folder = Directory.CreateTempSubdirectory("certificates-").FullName;
        try
        {
            await using var place = await token.OpenAsync();
            await using var gateway = await GatewayHost.StartAsync(member);
            await gateway.PrepareAsync();
            byte[] before = await gateway.IssueAsync("By The File's Identity");
            string[] store = gateway.More;
            foreach (string label in (string[])["fabric-2026", "fabric-2027"])
            {
                var key = await place.CreateAsync(label, KeyKind.P256, Cancellation);
                gateway.More =
                [
                    .. store, .. token.Settings, $"UserKey=pkcs11:object={label}",
                    $"UserCert={NextCertificate.Write(member, "User1", key, folder)}",
                ];
                await gateway.RestartAsync();
                Assert.Equal("valid", await gateway.VerdictAsync(await gateway.IssueAsync("By The Next Identity")));
                Assert.Equal("valid", await gateway.VerdictAsync(before));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
