using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Attesting;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Tiles;
using MicroCreds.Ledger.Log.Witnessing;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>The log that two members' gateways derive from the same chain and serve to anyone.</summary>
public sealed class LogTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private const string Octets = "application/octet-stream";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TwoGateways_ComeToTheSameLog_AndACredentialsIssuanceIsInIt()
    {
        var document = JsonNode.Parse(await gateways.Issuer.IssueAsync("Of The Log"))!;
        string root = (string)document["ledgerAnchor"]!["root"]!;
        await gateways.AdmitPartnerAsync();
        var (here, there) = await SettledAsync();
        Assert.Equal(here.Root.ToArray(), there.Root.ToArray());
        Assert.Equal(here.ToText(), there.ToText());

        var entries = await EntriesAsync(gateways.Issuer, here.Size);
        Assert.Equal(entries, await EntriesAsync(gateways.Partner, there.Size));
        var leaves = entries.Select(entry => LogLeaf.Parse(entry)).ToList();
        int number = leaves.FindIndex(leaf => leaf.Type == IssuanceStatement.TypeName
            && leaf.Statement!.Value.GetProperty("root").GetString() == root);
        var tree = await TreeAsync(gateways.Issuer, here.Size);
        Assert.True(MerkleProof.Verify(
            here.Root.Span, MerkleTree.LeafHash(entries[number]), number, here.Size, tree.InclusionProof(number)));
        string[] kinds =
        [
            LeafTypes.Founding, LeafTypes.Member, LeafTypes.Key, LeafTypes.Identity, BallotStatement.TypeName,
            VoteStatement.TypeName,
        ];
        Assert.All(kinds, kind => Assert.Contains(leaves, leaf => leaf.Type == kind));
        Assert.Equal(leaves.OrderBy(leaf => leaf.Block).ThenBy(leaf => leaf.Position), leaves);
    }

    [Fact]
    public async Task Checkpoint_IsSignedByTheLogsOwnKey_AndOlderOnesAreHeldByIt()
    {
        var before = await HeadAsync(gateways.Issuer);
        await gateways.Issuer.IssueAsync("One More");
        await Until.TrueAsync(
            async () => (await HeadAsync(gateways.Issuer)).Size > before.Size, () => "The head does not grow.");
        var now = await HeadAsync(gateways.Issuer);
        var tree = await TreeAsync(gateways.Issuer, now.Size);
        Assert.True(LogProofs.IsConsistent(before, now, tree.ConsistencyProof(before.Size)));

        // It lies where the service alone reads it.
        string file = Path.Combine(gateways.Issuer.DataDirectory, LogKey.FileName);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task Tiles_AreKeptForEver_AndHeadsAreNot()
    {
        var head = await HeadAsync(gateways.Issuer);
        foreach (var tile in Tile.AllOf(head.Size))
        {
            using var answer = await gateways.Issuer.Anyone.GetAsync($"/log/{tile}", Cancelled);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(Octets, answer.Content.Headers.ContentType!.MediaType);
            Assert.Contains("immutable", $"{answer.Headers.CacheControl}", StringComparison.Ordinal);
        }

        using var checkpoint = await gateways.Issuer.Anyone.GetAsync("/log/checkpoint", Cancelled);
        Assert.Equal("text/plain; charset=utf-8", $"{checkpoint.Content.Headers.ContentType}");
        Assert.True(checkpoint.Headers.CacheControl!.NoStore);
    }

    [Theory]
    [InlineData("tile/0/001")]
    [InlineData("tile/0/000")]
    [InlineData("tile/0/x001/067")]
    [InlineData("tile/7/000.p/1")]
    [InlineData("tile/entries/000")]
    [InlineData("tile/0/0")]
    [InlineData("tile/0/000.p/300")]
    [InlineData("tile/x/000")]
    public async Task Tile_ThatThereIsNotYet_IsNotFound(string path)
    {
        using var answer = await gateways.Issuer.Anyone.GetAsync($"/log/{path}", Cancelled);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task Fsck_FindsAllInOrder_AndNamesTheLeafThatDiffers()
    {
        await SettledAsync();
        string[] check =
        [
            "log", "fsck", "--gateway", $"{gateways.Issuer.Anyone.BaseAddress}", "--against",
            $"{gateways.Partner.Anyone.BaseAddress}", "--key", await KeyAsync(gateways.Issuer),
        ];
        var run = (await MicroCredsProgram.RunAsync(check)).Ends(0);
        Assert.Contains("all agree, the first", run.Output, StringComparison.Ordinal);

        // A gateway whose mirror was tampered with.
        var database = gateways.Partner.Services.GetRequiredService<LedgerProjection>().Database;
        byte[] right = [];
        await database.WriteAsync(connection =>
        {
            right = (byte[])connection.Prepare("SELECT data FROM log_leaf WHERE number = 3", 0).ExecuteScalar()!;
            byte[] wrong = Encoding.UTF8.GetBytes(
                Encoding.UTF8.GetString(right).Replace("\"position\":0", "\"position\":1", StringComparison.Ordinal));
            connection.Prepare("UPDATE log_leaf SET data = $0 WHERE number = 3", 1).With(wrong).ExecuteNonQuery();
        });
        try
        {
            run = (await MicroCredsProgram.RunAsync(check)).Ends(1);
            Assert.Contains("Leaf 3: ", run.Output, StringComparison.Ordinal);
            Assert.Contains("From here on the logs differ", run.Output, StringComparison.Ordinal);
            run = (await MicroCredsProgram.RunAsync("log", "fsck", "--gateway", check[5])).Ends(1);
            Assert.Contains("Leaf 3: Its data is not what its hash", run.Output, StringComparison.Ordinal);
        }
        finally
        {
            await database.WriteAsync(connection =>
                connection.Prepare("UPDATE log_leaf SET data = $0 WHERE number = 3", 1).With(right).ExecuteNonQuery());
        }

        run = await MicroCredsProgram.RunAsync(
            "log", "fsck", "--gateway", check[3], "--key", await KeyAsync(gateways.Partner));
        Assert.Equal(1, run.Code);
    }

    [Fact]
    public async Task Head_ThatContradictsWhatWasSignedBefore_IsNotSigned()
    {
        var partner = gateways.Partner;
        var head = await HeadAsync(partner);
        var store = partner.Services.GetRequiredService<GatewayStore>();
        string name = LogHeads.SettingPrefix + head.Origin;
        string signed = store.ReadText(name)!;
        var other = new SignedNote(
            (head with { Root = new byte[MerkleTree.HashLength] }).ToText(),
            SignedNote.Parse(Encoding.UTF8.GetBytes(signed)).Signatures);
        await store.WriteTextAsync(name, other.ToString());
        try
        {
            using var answer = await partner.Anyone.GetAsync("/log/checkpoint", Cancelled);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancelled))!;
            Assert.Equal("urn:microcreds:problem:log-contradicts", (string?)problem["type"]);
        }
        finally
        {
            await store.WriteTextAsync(name, signed);
        }

        // What another gateway of the institution signed further on is handed out.
        string further = (head with { Size = head.Size + 10 }).ToText();
        await store.WriteTextAsync(name, new SignedNote(further, other.Signatures).ToString());
        try
        {
            string said = await partner.Anyone.GetStringAsync("/log/checkpoint", Cancelled);
            Assert.StartsWith(further, said, StringComparison.Ordinal);
        }
        finally
        {
            await store.WriteTextAsync(name, signed);
        }
    }

    /// <summary>What a version signed whose heads did not commit to the filter or the members binds the log.</summary>
    [Theory]
    [InlineData("log-head:")]
    [InlineData("log-head-2:")]
    public async Task Head_OfBeforeTheFilterOrTheMembers_IsHeldByTheLog_OrNoneIsSigned(string earlierPrefix)
    {
        var head = await HeadAsync(gateways.Partner);
        var store = gateways.Partner.Services.GetRequiredService<GatewayStore>();
        var (now, earlier) = (LogHeads.SettingPrefix + head.Origin, earlierPrefix + head.Origin);
        var note = SignedNote.Parse(Encoding.UTF8.GetBytes(store.ReadText(now)!));
        var cases = new (LogHead Head, HttpStatusCode Status)[]
        {
            (head with { Extensions = ["credentials 0 AAAA", "issuers 0 AAAA"] }, HttpStatusCode.OK),
            (head with { Root = new byte[MerkleTree.HashLength] }, HttpStatusCode.ServiceUnavailable),
        };
        try
        {
            foreach (var (before, status) in cases)
            {
                await RemoveAsync(now);
                await store.WriteTextAsync(earlier, new SignedNote(before.ToText(), note.Signatures).ToString());
                using var answer = await gateways.Partner.Anyone.GetAsync("/log/checkpoint", Cancelled);
                Assert.Equal(status, answer.StatusCode);
            }
        }
        finally
        {
            await RemoveAsync(earlier);
        }

        await HeadAsync(gateways.Partner);

        Task RemoveAsync(string name) => store.Database.WriteAsync(connection =>
            connection.Prepare("DELETE FROM setting WHERE name = $0", 1).With(name).ExecuteNonQuery());
    }

    [Fact]
    public async Task Head_SignedByTwoGatewaysWithAKeyEach_StaysTheSameNote()
    {
        var services = gateways.Partner.Services;
        var options = services.GetRequiredService<GatewayServiceOptions>();
        await HeadAsync(gateways.Partner);
        using var key = LogKey.Open(options, "another-log-key.pem");
        var second = new LogHeads(
            services.GetRequiredService<GatewayStore>(), services.GetRequiredService<LedgerProjection>(),
            services.GetRequiredService<ProjectionFollower>(), services.GetRequiredService<LedgerIdentity>(), key,
            options, TimeProvider.System);
        var both = await second.ReadAsync(Cancelled);
        Assert.True(
            both.TryOpen([NoteKey.Parse(await KeyAsync(gateways.Partner)), second.VerifierKey], out var opened, out _));
        Assert.Equal(2, opened.Count);
        Assert.Equal($"{both}", $"{await NoteAsync(gateways.Partner)}");
        Assert.Equal($"{both}", $"{await second.ReadAsync(Cancelled)}");
    }

    [Fact]
    public async Task Log_OfAMirrorThatWasThrownAway_GrowsAgainToTheSame()
    {
        var partner = gateways.Partner;
        var before = await HeadAsync(partner);
        string key = await KeyAsync(partner);
        await partner.StopAsync();
        foreach (string file in Directory.GetFiles(partner.DataDirectory, "projection.db*")) File.Delete(file);
        await partner.StartAsync();
        var log = partner.Services.GetRequiredService<LedgerProjection>().Log;
        await Until.TrueAsync(() => Task.FromResult(log.Now.Size >= before.Size), () => $"It has {log.Now.Size}.");
        Assert.Equal(before.Root.ToArray(), log.RootAt(before.Size));
        Assert.Equal(key, await KeyAsync(partner));
        await HeadAsync(partner);
    }

    [Fact]
    public async Task Partner_CosignsHeadsThatHoldWhatItCosigned_AndNoOthers()
    {
        var (log, witness) = (gateways.Issuer, gateways.Partner);
        string file = Path.Combine(witness.DataDirectory, "witnessed-logs");
        await File.WriteAllTextAsync(file, $"# Aurora's\n{await KeyAsync(log)}\n", Cancelled);
        witness.More = [.. witness.More, $"WitnessedLogs={file}"];
        await witness.RestartAsync();
        string said = await witness.Anyone.GetStringAsync("/v1/log", Cancelled);
        var cosigner = NoteKey.Parse((string)JsonNode.Parse(said)!["cosignerKey"]!);
        var note = await NoteAsync(log);
        var head = LogHead.Parse(note.Text);

        var (status, body) = await AskAsync(new WitnessRequest(0, [], note));
        Assert.Equal(HttpStatusCode.OK, status);
        var cosigned = note.With(NoteSignature.Parse(body.TrimEnd('\n')));
        Assert.True(cosigned.TryOpen([cosigner], out var opened, out string? fault), fault);
        Assert.NotNull(Assert.Single(opened).Time);
        Assert.Equal((HttpStatusCode.Conflict, $"{head.Size}\n"), await AskAsync(new WitnessRequest(0, [], note)));

        await log.IssueAsync("Witnessed");
        await Until.TrueAsync(async () => (await HeadAsync(log)).Size > head.Size, () => "The head does not grow.");
        var next = await NoteAsync(log);
        var tree = await TreeAsync(log, LogHead.Parse(next.Text).Size);
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity, (await AskAsync(new WitnessRequest(head.Size, [], next))).Status);
        var proof = tree.ConsistencyProof(head.Size);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(new WitnessRequest(head.Size, proof, next))).Status);

        var changed = new SignedNote((head with { Root = new byte[32] }).ToText(), note.Signatures);
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(new WitnessRequest(0, [], changed))).Status);
        var others = await NoteAsync(witness);
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(new WitnessRequest(0, [], others))).Status);
        var unknown = new SignedNote((head with { Origin = "another.example/log" }).ToText(), note.Signatures);
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(new WitnessRequest(0, [], unknown))).Status);
        Assert.Equal(
            HttpStatusCode.BadRequest, (await AskAsync(new WitnessRequest(head.Size + 1000, [], note))).Status);

        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(head.Origin)));
        var kept = SignedNote.Parse(
            await witness.Anyone.GetByteArrayAsync($"/log/{hash}/checkpoint", Cancelled));
        Assert.True(kept.TryOpen([cosigner, NoteKey.Parse(await KeyAsync(log))], out opened, out fault), fault);
        Assert.Equal((next.Text, 2), (kept.Text, opened.Count));
        Assert.Null(JsonNode.Parse(await log.Anyone.GetStringAsync("/v1/log", Cancelled))!["cosignerKey"]);

        // The log's own key signs another head of that size: nothing is cosigned, and the two are kept for all to see.
        using var stolen = LogKey.Open(log.Services.GetRequiredService<GatewayServiceOptions>(), LogKey.FileName);
        string forged = (LogHead.Parse(next.Text) with { Root = new byte[32] }).ToText();
        var second = new SignedNote(
            forged, [await stolen.For(head.Origin).SignAsync(forged, DateTimeOffset.UtcNow, Cancelled)]);
        Assert.Equal(
            (HttpStatusCode.Conflict, $"{LogHead.Parse(next.Text).Size}\n"),
            await AskAsync(new WitnessRequest(LogHead.Parse(next.Text).Size, [], second)));
        var shown = Assert.Single(witness.Services.GetRequiredService<MemberFaces>().Found);
        Assert.Equal((await KeyAsync(log), "sameSize"), (shown.Key, shown.Kind));

        async Task<(HttpStatusCode Status, string Body)> AskAsync(WitnessRequest request)
        {
            using var content = new ByteArrayContent(request.ToBytes());
            using var answer = await witness.Anyone.PostAsync("/log/add-checkpoint", content, Cancelled);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancelled));
        }
    }

    private static async Task<SignedNote> NoteAsync(GatewayHost gateway) =>
        SignedNote.Parse(await gateway.Anyone.GetByteArrayAsync("/log/checkpoint", Cancelled));

    private static async Task<string> KeyAsync(GatewayHost gateway) =>
        (string)JsonNode.Parse(await gateway.Anyone.GetStringAsync("/v1/log", Cancelled))!["verifierKey"]!;

    private static async Task<LogHead> HeadAsync(GatewayHost gateway)
    {
        var note = await NoteAsync(gateway);
        Assert.True(note.TryOpen([NoteKey.Parse(await KeyAsync(gateway))], out _, out string? fault), fault);
        return LogHead.Parse(note.Text);
    }

    private static async Task<TiledTree> TreeAsync(GatewayHost gateway, long size)
    {
        var tiles = new Dictionary<Tile, byte[]>();
        foreach (var tile in Tile.AllOf(size).Where(tile => tile.Level != Tile.Entries))
            tiles[tile] = await gateway.Anyone.GetByteArrayAsync($"/log/{tile}", Cancelled);
        return new TiledTree(size, tile => tiles[tile]);
    }

    private static async Task<IReadOnlyList<byte[]>> EntriesAsync(GatewayHost gateway, long size)
    {
        var entries = new List<byte[]>();
        foreach (var tile in Tile.AllOf(size).Where(tile => tile.Level == Tile.Entries))
        {
            entries.AddRange(EntryBundle.Read(
                await gateway.Anyone.GetByteArrayAsync($"/log/{tile}", Cancelled), tile.Width));
        }

        return entries;
    }

    /// <summary>Waits until both gateways have the same blocks.</summary>
    private async Task<(LogHead Here, LogHead There)> SettledAsync()
    {
        (LogHead Here, LogHead There) heads = default;
        await Until.TrueAsync(
            async () =>
            {
                heads = (await HeadAsync(gateways.Issuer), await HeadAsync(gateways.Partner));
                return heads.Here.Size == heads.There.Size;
            },
            () => $"{heads}");
        return heads;
    }
}
