using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

public sealed class ErasureTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;

    [Fact]
    public async Task Erase_TheDocumentGoes_TheLearnersCopyStillVerifies_AndCanBeRevoked()
    {
        byte[] document = await _issuer.IssueAsync("Erased Learner");
        string address = $"/v1/credentials/{GatewayHost.IdOf(document)}";
        using var erased = await _issuer.Registrar.DeleteAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);

        using var read = await _issuer.Registrar.GetAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, read.StatusCode);
        using var again = await _issuer.Registrar.DeleteAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        Assert.Equal("valid", await _issuer.VerdictAsync(document));

        var anchor = JsonNode.Parse(document)!["ledgerAnchor"]!;
        using var revoked = await _issuer.PostAsync(
            $"/v1/credentials/{anchor["root"]}.{anchor["index"]}/revocation", new { reason = "withdrawn" });
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        Assert.Equal("invalid", await _issuer.VerdictAsync(document));
    }

    [Fact]
    public async Task Erase_AfterAStop_LeavesNoByteOfTheNameInTheStore()
    {
        TestStore.RequireFile("On PostgreSQL no byte of its files is promised: see gateway/docs/store.md.");
        const string Name = "Unforgotten Fieldmouse";
        byte[] document = await _issuer.IssueAsync(Name);
        byte[] identifier = Guid.Parse(GatewayHost.IdOf(document)["urn:uuid:".Length..]).ToByteArray(bigEndian: true);
        await _issuer.StopAsync();
        Assert.True(StoreHolds(identifier), "The search must find what is there.");
        await _issuer.StartAsync();
        using var erased = await _issuer.Registrar.DeleteAsync(
            $"/v1/credentials/{GatewayHost.IdOf(document)}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        await _issuer.StopAsync();
        Assert.False(StoreHolds(identifier), "The erased document's identifier is still in the store.");
        Assert.False(StoreHolds(Encoding.UTF8.GetBytes(Name)));
        await _issuer.StartAsync();
    }

    [Fact]
    public async Task Erase_WhileTheServiceRuns_LeavesNoByteInAnyFileWithinAMinute()
    {
        TestStore.RequireFile("On PostgreSQL no byte of its files is promised: see gateway/docs/store.md.");
        const string Name = "Unforgotten Dormouse";
        byte[] document = await _issuer.IssueAsync(Name);
        byte[] identifier = Guid.Parse(GatewayHost.IdOf(document)["urn:uuid:".Length..]).ToByteArray(bigEndian: true);
        Assert.True(StoreHolds(identifier), "The search must find what is there.");
        Assert.True(StoreHolds(Encoding.UTF8.GetBytes(Name)), "The search must find what is there.");
        using var erased = await _issuer.Registrar.DeleteAsync(
            $"/v1/credentials/{GatewayHost.IdOf(document)}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);

        await Until.TrueAsync(
            () => Task.FromResult(!StoreHolds(identifier) && !StoreHolds(Encoding.UTF8.GetBytes(Name))),
            () => "The erased document's identifier or name is still in a file of the store.");
        Assert.True(ErasureWorker.Interval < TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Erase_WithoutTheRegistrarsRole_IsRefused()
    {
        byte[] document = await _issuer.IssueAsync("Kept Learner");
        using var refused = await _issuer.Anyone.DeleteAsync(
            $"/v1/credentials/{GatewayHost.IdOf(document)}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("valid", await _issuer.VerdictAsync(document));
    }

    private bool StoreHolds(byte[] bytes) => Directory.EnumerateFiles(_issuer.DataDirectory, "*.db*")
        .Any(file => Read(file).AsSpan().IndexOf(bytes) >= 0);

    // Also what the running service has open.
    private static byte[] Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] content = new byte[stream.Length];
        return content[..stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)];
    }
}
