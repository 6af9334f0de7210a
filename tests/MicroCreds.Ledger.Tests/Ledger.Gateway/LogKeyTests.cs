using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Attesting;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
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
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>The keys that members sign the log's heads with, on the ledger.</summary>
public sealed class LogKeyTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Key_IsAmongItsInstitutionsOnTheLedger_HasALeaf_AndIsNoKeyOfIssuing()
    {
        var log = await LogAsync();
        string id = (string)log["keyOnLedger"]!;
        var institution = LedgerJson.Deserialize<Institution>(
            await gateways.Issuer.Anyone.GetByteArrayAsync("/v1/institutions/AuroraMSP", Cancelled));
        var key = Assert.Single(institution.LogKeys);
        Assert.Equal((id, null), (key.Id, key.RevokedAt));
        Assert.Single(institution.IssuerKeys);
        var member = log["members"]!.AsArray().Single(one => (string?)one!["name"] == "AuroraMSP")!;
        Assert.Equal((string?)log["memberKey"], (string?)Assert.Single(member["keys"]!.AsArray())!["key"]);

        var mirror = gateways.Issuer.Services.GetRequiredService<LedgerProjection>().Log;
        int size = (int)mirror.Now.Size;
        Assert.Contains(EntryBundle.Read(mirror.Find(new Tile(Tile.Entries, 0, size))!, size), entry =>
            LogLeaf.Parse(entry) is { Type: LeafTypes.Key, Record: { } record }
            && LedgerJson.Deserialize<KeyLeaf>(record).Key == key);
        Assert.DoesNotContain(
            id, await gateways.Issuer.Anyone.GetStringAsync("/v1/institutions/AuroraMSP/did.json", Cancelled),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task ContractThatKnowsNoPurposes_IsSaid_AndAskedAgainLater_AndAStolenKeyIsNoMembers()
    {
        var (gateway, time) = (gateways.Partner, new FakeTimeProvider(DateTimeOffset.UtcNow));
        var services = gateway.Services;
        var options = services.GetRequiredService<GatewayServiceOptions>();
        using var key = LogKey.Open(options, "second-log-key.pem");
        using var registrar = new LogKeyRegistrar(
            key, services.GetRequiredService<IssuerKeys>(), new LedgerDoor(gateway.Wire),
            services.GetRequiredService<LedgerProjection>(), services.GetRequiredService<LedgerIdentity>(),
            services.GetRequiredService<BackgroundTrail>(), options, time, NullLogger<LogKeyRegistrar>.Instance);
        gateway.Wire.PurposeFault = new LedgerRefusedException(
            "The statement at /statement/purpose cannot be read.", ErrorCodes.MalformedArgument);
        await registrar.StartAsync(Cancelled);
        await Until.TrueAsync(() => Task.FromResult(registrar.Fault is not null), () => "Nothing is said.");
        Assert.Contains("takes no keys of the log", registrar.Fault!, StringComparison.Ordinal);
        Assert.Null(registrar.OnLedger);

        gateway.Wire.PurposeFault = null;
        await Until.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromHours(1));
                return Task.FromResult(registrar.OnLedger is not null);
            },
            () => $"{registrar.Fault}");
        await registrar.StopAsync(Cancelled);
        Assert.Null(registrar.Fault);
        Assert.Equal(2, await KeysOfLindenAsync());

        using var answer = await GatewayHost.OkAsync(await gateway.Registrar.PostAsJsonAsync(
            $"/v1/institution/keys/{registrar.OnLedger!.Id}/revocation",
            new { compromisedSince = registrar.OnLedger.ValidFrom }, Cancelled));
        Assert.Contains("withdrawn on the ledger", registrar.Fault!, StringComparison.Ordinal);
        Assert.Equal(1, await KeysOfLindenAsync());
    }

    [Fact]
    public async Task FaceThatAnotherMemberWasShown_ProvesTheOtherOne_AndWhatIsNotSignedProvesNothing()
    {
        var services = gateways.Issuer.Services;
        var faces = services.GetRequiredService<MemberFaces>();
        var log = services.GetRequiredService<LedgerProjection>();
        using var key = IssuerPrivateKey.Generate(KeyAlgorithm.Ed25519);
        string origin = log.Shared.Ledger;
        var signer = new NoteSigner(MemberCosigner.NameOf(origin, "MeridianMSP"), NoteKeyType.Cosignature, key);
        var right = log.Log.HeadAt(origin, log.Log.Now.Size)!;
        var wrong = right with { Root = new byte[MerkleTree.HashLength] };
        await faces.HearAsync(
            [
                await SeenAsync(wrong), new SeenHead($"{signer.Key}", right.ToText() + "\n\u2014 none bm9uZQ==\n"),
                new SeenHead("none", "none"), new SeenHead($"{signer.Key}", "none"),
            ],
            [signer.Key], origin);
        Assert.DoesNotContain(faces.Found, one => one.Key == $"{signer.Key}");
        await faces.HearAsync([await SeenAsync(right)], [signer.Key], origin);
        Assert.Equal("sameSize", Assert.Single(faces.Found, one => one.Key == $"{signer.Key}").Kind);
        Assert.Equal(2, faces.SeenOf(() => [signer.Key]).Count);

        async Task<SeenHead> SeenAsync(LogHead head)
        {
            string text = head.ToText();
            var signature = await signer.SignAsync(text, DateTimeOffset.UtcNow, Cancelled);
            return new SeenHead($"{signer.Key}", $"{new SignedNote(text, [signature])}");
        }
    }

    [Fact]
    public async Task ClockThatWasSetBack_SignsNoHeadEarlierThanTheLast_AndNoneByFarTooLateAClock()
    {
        var services = gateways.Partner.Services;
        var projection = services.GetRequiredService<LedgerProjection>();
        var options = services.GetRequiredService<GatewayServiceOptions>();
        var start = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        using var key = LogKey.Open(options, "third-log-key.pem");
        Assert.Equal(start, await SignedAtAsync(start));
        await GrowAsync();
        Assert.Equal(start, await SignedAtAsync(start - LogHeads.MaxSetBack));
        await GrowAsync();
        Assert.Null(await SignedAtAsync(start - LogHeads.MaxSetBack - TimeSpan.FromSeconds(1)));

        async Task<DateTimeOffset?> SignedAtAsync(DateTimeOffset now)
        {
            var heads = new LogHeads(
                services.GetRequiredService<GatewayStore>(), projection,
                services.GetRequiredService<ProjectionFollower>(), services.GetRequiredService<LedgerIdentity>(), key,
                options, new FakeTimeProvider(now));

            // Before the mirror holds all that the peer has, no member signs.
            var follower = services.GetRequiredService<ProjectionFollower>();
            await Until.TrueAsync(() => Task.FromResult(follower.IsCurrent), () => "The mirror is behind.");
            return (await heads.ReadAsync(Cancelled)).SignedAt(heads.MemberKey);
        }

        async Task GrowAsync()
        {
            long size = projection.Log.Now.Size;
            await gateways.Issuer.IssueAsync("Another Leaf");
            await Until.TrueAsync(() => Task.FromResult(projection.Log.Now.Size > size), () => "It does not grow.");
        }
    }

    private async Task<JsonNode> LogAsync() =>
        (await gateways.Issuer.Anyone.GetFromJsonAsync<JsonNode>("/v1/log", Cancelled))!;

    /// <summary>How many keys of the partner count, at its own gateway.</summary>
    private async Task<int> KeysOfLindenAsync()
    {
        var log = (await gateways.Partner.Anyone.GetFromJsonAsync<JsonNode>("/v1/log", Cancelled))!;
        var member = log["members"]!.AsArray().Single(one => (string?)one!["name"] == "LindenMSP")!;
        return member["keys"]!.AsArray().Count;
    }
}
