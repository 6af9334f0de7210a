using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A gateway goes on with an older copy of its data, while the ledger went on without it.</summary>
public sealed class RestoreTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    internal const string CopyOfPostgres =
        "This test puts an older copy of the store's file back; PostgreSQL has tools of its own for that.";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OlderCopy_NothingTakenIsGivenAgain_ListsSayWhatTheLedgerSays_AndAWithdrawnKeyStaysSo()
    {
        TestStore.RequireFile(CopyOfPostgres);
        await using var gateway = await GatewayHost.StartAsync(gateways[GatewaysFixture.Tejo]);
        await gateway.PrepareAsync();
        byte[] before = await gateway.IssueAsync("Before The Copy");
        var (id, key) = await NewKeyAsync(gateway);
        using var copy = await CopyAsync(gateway);

        byte[] after = await gateway.IssueAsync("After The Copy");
        await RevokeAsync(gateway, before);
        var withdrawn = await WithdrawAsync(gateway, id);
        Assert.True((bool)withdrawn["withdrawalOnLedger"]!);

        await gateway.StopAsync();
        copy.PutBack(gateway.DataDirectory);
        await gateway.StartAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(gateway, key));
        var listed = await gateway.Registrar.GetFromJsonAsync<JsonNode>("/v1/api-keys", Cancellation);
        Assert.NotNull(listed!["items"]!.AsArray().Single(one => (string?)one!["id"] == id)!["revokedAt"]);
        await gateway.SaysAsync("/readyz", "1 issuances of this institution are on the ledger and not in this");

        byte[] next = await gateway.IssueAsync("After The Restoring");
        await RevokeAsync(gateway, next);
        Assert.NotEqual(PlaceOf(after), PlaceOf(next));
        Assert.True(await IsSetAsync(gateway, before));
        Assert.False(await IsSetAsync(gateway, after));
        Assert.True(await IsSetAsync(gateway, next));
        Assert.Equal("valid", await gateway.VerdictAsync(after));
    }

    [Fact]
    public async Task OlderCopy_WhatWasAskedForBefore_IsNotIssuedTwiceByItself()
    {
        TestStore.RequireFile(CopyOfPostgres);
        await using var gateway = await GatewayHost.StartAsync(gateways[GatewaysFixture.Meridian], "Approval=all");
        await gateway.PrepareAsync();
        using var asked = await GatewayHost.OkAsync(
            await gateway.PostAsync("/v1/credentials", GatewayHost.Row("Approved In Two Worlds")));
        string address = asked.Headers.Location!.ToString();
        using var copy = await CopyAsync(gateway);
        Assert.NotNull((await ApproveAsync(gateway, address, "issued"))["decidedBy"]);

        await gateway.StopAsync();
        copy.PutBack(gateway.DataDirectory);
        await gateway.StartAsync();
        var failed = await ApproveAsync(gateway, address, "failed");
        Assert.Contains("older copy", (string)failed["outcome"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PointInTime_NothingTakenIsGivenAgain_AndWhatWasCommittedBeforeItIsThere()
    {
        PostgresCluster.Require();
        await using var archive = await PostgresArchive.StartAsync();
        string database = await archive.Cluster.CreateDatabaseAsync();
        await using var gateway = GatewayHost.Prepare(gateways[GatewaysFixture.Linden], "Database=" + database);
        await gateway.StartAsync();
        await gateway.PrepareAsync("point-in-time");
        byte[] before = await gateway.IssueAsync("Before The Base Backup");
        var (id, key) = await NewKeyAsync(gateway);
        await archive.BackUpAsync();

        byte[] logged = await gateway.IssueAsync("In The Log Alone");
        var moment = await archive.NowAsync();
        byte[] lost = await gateway.IssueAsync("After The Moment");
        await RevokeAsync(gateway, before);
        await WithdrawAsync(gateway, id);
        await archive.FinishSegmentAsync();

        // The machine is gone, and the mirror of the ledger with it; keys come from their own backup.
        await gateway.StopAsync();
        foreach (string file in Directory.GetFiles(gateway.DataDirectory, "projection.db*")) File.Delete(file);
        await archive.RecoverAsync(moment);
        await gateway.StartAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(gateway, key));
        await gateway.SaysAsync("/readyz", "1 issuances of this institution are on the ledger and not in this");
        Assert.Equal(HttpStatusCode.OK, await ReadAsync(gateway, logged));
        Assert.Equal(HttpStatusCode.NotFound, await ReadAsync(gateway, lost));
        byte[] next = await gateway.IssueAsync("After The Recovery");
        Assert.Equal(4, new[] { before, logged, lost, next }.Select(PlaceOf).Distinct().Count());
        Assert.True(await IsSetAsync(gateway, before));
        Assert.False(await IsSetAsync(gateway, lost));
        Assert.Equal("valid", await gateway.VerdictAsync(lost));
        Assert.Equal("valid", await gateway.VerdictAsync(next));
    }

    [Fact]
    public async Task Withdrawal_LedgerOutOfReach_SaysSo_AndIsSentOnce_ItIsBack()
    {
        TestStore.RequireFile(CopyOfPostgres);
        await using var gateway = await GatewayHost.StartAsync(gateways[GatewaysFixture.Meridian]);
        await gateway.PrepareAsync();
        var (id, key) = await NewKeyAsync(gateway);
        using var copy = await CopyAsync(gateway);

        // Whom the gateway lets in, it knows once it has read the ledger.
        Assert.Equal(HttpStatusCode.OK, await AskAsync(gateway, GatewayHost.ApiKey));
        gateway.Wire.IsCut = true;
        var withdrawn = await WithdrawAsync(gateway, id);
        Assert.False((bool)withdrawn["withdrawalOnLedger"]!);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(gateway, key));
        await gateway.SaysAsync("/readyz", "1 API keys are withdrawn here, which the ledger does not know yet");

        // A start does not forget what is still to be sent.
        await gateway.RestartAsync();
        await Until.TrueAsync(
            async () => (bool)(await FindAsync(gateway, id))["withdrawalOnLedger"]!,
            () => "that the key is withdrawn never got to the ledger");

        // While the ledger is out of reach, a restored copy cannot know, and lets nobody in.
        await gateway.StopAsync();
        copy.PutBack(gateway.DataDirectory);
        gateway.StartsCut = true;
        await gateway.StartAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await AskAsync(gateway, key));
        gateway.Wire.IsCut = false;
        await Until.TrueAsync(
            async () => await AskAsync(gateway, key) == HttpStatusCode.Unauthorized,
            () => "the withdrawn key is taken, or nobody is let in");
        Assert.Equal(HttpStatusCode.OK, await AskAsync(gateway, GatewayHost.ApiKey));
    }

    private static async Task<(string Id, string Key)> NewKeyAsync(GatewayHost gateway)
    {
        string[] roles = ["registrar"];
        using var made = await GatewayHost.OkAsync(await gateway.PostAsync("/v1/api-keys", new { name = "x", roles }));
        var answer = (await made.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        return ((string)answer["id"]!, (string)answer["key"]!);
    }

    private static async Task<JsonNode> WithdrawAsync(GatewayHost gateway, string id)
    {
        using var answer = await GatewayHost.OkAsync(
            await gateway.Registrar.DeleteAsync($"/v1/api-keys/{id}", Cancellation));
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
    }

    private static async Task<JsonNode> FindAsync(GatewayHost gateway, string id)
    {
        var all = await gateway.Registrar.GetFromJsonAsync<JsonNode>("/v1/api-keys", Cancellation);
        return all!["items"]!.AsArray().Single(one => (string?)one!["id"] == id)!;
    }

    private static async Task<HttpStatusCode> AskAsync(GatewayHost gateway, string key)
    {
        using var client = gateway.With(key);
        using var answer = await client.GetAsync("/v1/api-keys", Cancellation);
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> ReadAsync(GatewayHost gateway, byte[] document)
    {
        string id = GatewayHost.IdOf(document)["urn:uuid:".Length..];
        using var answer = await gateway.Registrar.GetAsync($"/v1/credentials/{id}", Cancellation);
        return answer.StatusCode;
    }

    private static async Task RevokeAsync(GatewayHost gateway, byte[] document)
    {
        string id = GatewayHost.IdOf(document)["urn:uuid:".Length..];
        using var revoked = await GatewayHost.OkAsync(
            await gateway.PostAsync($"/v1/credentials/{id}/revocation", new { reason = "issuedInError" }));
    }

    private static string PlaceOf(byte[] document) => EntryOf(document).ToJsonString();

    private static JsonNode EntryOf(byte[] document)
    {
        var status = JsonNode.Parse(document)!["credentialStatus"]!;
        return status is JsonArray all
            ? all.Single(one => (string?)one!["statusPurpose"] == StatusPurpose.Revocation)!
            : status;
    }

    private static async Task<bool> IsSetAsync(GatewayHost gateway, byte[] document)
    {
        var entry = EntryOf(document);
        string name = ((string)entry["statusListCredential"]!).Split("/v1/")[1];
        var list = await gateway.Anyone.GetFromJsonAsync<JsonNode>("/v1/" + name, Cancellation);
        var bits = Bitstring.Decode((string)list!["credentialSubject"]!["encodedList"]!);
        return bits[int.Parse((string)entry["statusListIndex"]!, System.Globalization.CultureInfo.InvariantCulture)];
    }

    /// <summary>Somebody else approves, and it becomes what it becomes.</summary>
    private static async Task<JsonNode> ApproveAsync(GatewayHost gateway, string address, string state)
    {
        var (_, key) = await NewKeyAsync(gateway);
        using var other = gateway.With(key);
        await GatewayHost.OkAsync(await other.PostAsync($"{address}/approval", content: null, Cancellation));
        JsonNode? read = null;
        await Until.TrueAsync(
            async () => (string?)(read = await other.GetFromJsonAsync<JsonNode>(address, Cancellation))!["state"]
                == state,
            () => $"{address} is {read}");
        return read!;
    }

    internal static async Task<DataCopy> CopyAsync(GatewayHost gateway)
    {
        await gateway.StopAsync();
        var copy = new DataCopy(gateway.DataDirectory);
        await gateway.StartAsync();
        return copy;
    }

    /// <summary>A copy of a gateway's data directory, taken while the gateway stood still.</summary>
    internal sealed class DataCopy : IDisposable
    {
        private readonly string _directory = Directory.CreateTempSubdirectory("copy-").FullName;

        public DataCopy(string from) => Copy(from, _directory);

        public void PutBack(string to)
        {
            Directory.Delete(to, recursive: true);
            Directory.CreateDirectory(to);
            Copy(_directory, to);
        }

        public void Dispose() => Directory.Delete(_directory, recursive: true);

        private static void Copy(string from, string to)
        {
            foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
            {
                string target = Path.Combine(to, Path.GetRelativePath(from, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }
        }
    }
}
