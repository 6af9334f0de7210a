using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>The authority of the peer's TLS certificate is changed: for a while both are trusted.</summary>
public sealed class PeerTlsTests(LedgerFixture ledger) : IClassFixture<LedgerFixture>
{
    [Fact]
    public async Task AuthorityRotated_OldAndNewInOneFile_ThePeerIsReachedByEither()
    {
        var member = ledger[LedgerFixture.Aurora];
        string old = await ReadAsync(ledger[LedgerFixture.Linden]);
        string current = await ReadAsync(member);
        Assert.NotEqual(old, current);
        string file = Path.GetTempFileName();
        try
        {
            foreach (string both in new[] { $"{old}\n{current}", $"{current}\n{old}" })
            {
                await File.WriteAllTextAsync(file, both, TestContext.Current.CancellationToken);
                await using var gateway = await GatewayHost.StartAsync(member, $"PeerTlsCa={file}");
                await gateway.PrepareAsync();
                Assert.Equal("valid", await gateway.VerdictAsync(await gateway.IssueAsync("Over TLS")));
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Task<string> ReadAsync(LedgerMember member) =>
        File.ReadAllTextAsync(member.PeerTlsCaFile, TestContext.Current.CancellationToken);
}
