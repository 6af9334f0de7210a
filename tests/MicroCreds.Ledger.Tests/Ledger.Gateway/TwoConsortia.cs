using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>
/// Two consortia, each with a network of its own, whose members and achievements have the same names; one recognizes
/// the other's awards by an agreement, and verifies them by their proofs alone.
/// </summary>
[CollectionDefinition(Name)]
public sealed class TwoConsortia : IAsyncLifetime, ICollectionFixture<TwoConsortia>
{
    public const string Name = "Two consortia";

    /// <summary>The agreement, as its proposer names it.</summary>
    internal const string Agreement = "abroad-2026";

    /// <summary>What it calls the other consortium.</summary>
    internal const string Northern = "Northern universities";

    /// <summary>Who earned what the other consortium awarded.</summary>
    internal const string Learner = "Under The Agreement";

    private readonly GatewaysFixture _here = new();
    private readonly GatewaysFixture _there = new();
    private Task<AbroadStory>? _story;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>The gateway that agreed.</summary>
    internal GatewayHost Here => _here.Issuer;

    /// <summary>Another one of the same consortium, which agreed to nothing.</summary>
    internal GatewayHost Other => _here.Partner;

    /// <summary>The gateway of the other consortium.</summary>
    internal GatewayHost There => _there.Issuer;

    /// <summary>Another one of the other consortium, whose key the agreement does not name.</summary>
    internal GatewayHost ThereToo => _there.Partner;

    public async ValueTask InitializeAsync()
    {
        await ((IAsyncLifetime)_here).InitializeAsync();
        await ((IAsyncLifetime)_there).InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await ((IAsyncDisposable)_there).DisposeAsync();
        await ((IAsyncDisposable)_here).DisposeAsync();
    }

    /// <summary>
    /// What happens once, whichever test asks first: a credential is brought before anybody has agreed, with the first
    /// version of the agreement, and another one with the second.
    /// </summary>
    internal Task<AbroadStory> StoryAsync() => _story ??= TellAsync();

    private async Task<AbroadStory> TellAsync()
    {
        byte[] early = await There.IssueAsync("From Abroad");
        var story = new AbroadStory { Early = await ProvenAsync(early) };
        story = story with { BeforeAll = await Here.VerifyAsync(story.Early) };
        await AgreeAsync("/v1/agreements", Terms(await TrustAsync(), 1440, credits: 5));
        story = story with
        {
            WithoutProof = await Here.VerifyAsync(early),
            AtTheOther = await Other.VerifyAsync(story.Early),
            AwardedBefore = await Here.VerifyAsync(story.Early),
        };
        var second = Terms(await TrustAsync(), 1440, credits: 6, id: null);
        second["clauses"]![0]!["recognizedBy"] = new JsonArray("AuroraMSP");
        second["clauses"]![0]!["equivalent"] = new JsonObject { ["id"] = "data-literacy", ["version"] = 1 };
        await AgreeAsync($"/v1/agreements/AuroraMSP.{Agreement}/versions", second);
        story = story with { Document = await There.IssueAsync(Learner) };
        return story with { Proven = await ProvenAsync(story.Document) };
    }

    /// <summary>What an agreement with the other consortium says.</summary>
    internal static JsonObject Terms(LogTrust trust, int minutes, double credits, string? id = Agreement) => new()
    {
        ["id"] = id,
        ["name"] = "What the northern universities award",
        ["parties"] = new JsonArray("AuroraMSP"),
        ["clauses"] = new JsonArray(new JsonObject
        {
            ["id"] = "all-of-aurora",
            ["awardedBy"] = new JsonArray("AuroraMSP"),
            ["credits"] = credits,
        }),
        ["abroad"] = new JsonObject
        {
            ["ledger"] = trust.Ledger,
            ["name"] = Northern,
            ["trust"] = Encoding.UTF8.GetString(CanonicalJson.Serialize(trust)),
            ["maxHeadAgeMinutes"] = minutes,
        },
    };

    private async Task AgreeAsync(string address, JsonObject terms)
    {
        if (terms["id"] is null) terms.Remove("id");
        using var answer = await GatewayHost.OkAsync(
            await Here.Registrar.PostAsJsonAsync(address, terms, Cancelled));
    }

    /// <summary>The key of the other consortium's first member, as its ledger has it.</summary>
    internal async Task<LogTrust> TrustAsync()
    {
        var log = (await There.Anyone.GetFromJsonAsync<JsonNode>("/v1/log", Cancelled))!;
        var members = LedgerJson.Deserialize<TrustedCosigner[]>(Encoding.UTF8.GetBytes($"{log["members"]}"));
        return new LogTrust
        {
            Ledger = (string)log["origin"]!,
            Members = [members.Single(one => one.Name == "AuroraMSP")],
            MembersNeeded = 1,
        };
    }

    /// <summary>A credential of the other consortium with its proof, as one.</summary>
    internal async Task<byte[]> ProvenAsync(byte[] document) =>
        new ProvenCredential(document, await ProofAsync(document)).ToBytes();

    /// <summary>The proof of a credential of the other consortium, once a head holds it.</summary>
    internal async Task<byte[]> ProofAsync(byte[] document, GatewayHost? at = null)
    {
        var anchor = CredentialReader.Read(document).Anchor;
        string path = string.Create(
            CultureInfo.InvariantCulture, $"/v1/log/proofs/{anchor.MspId}/{anchor.Root}/{anchor.Index}");
        HttpResponseMessage answer = null!;
        await Until.TrueAsync(
            async () => (answer = await (at ?? There).Anyone.GetAsync(path, Cancelled)).IsSuccessStatusCode,
            () => $"{answer}");
        return await answer.Content.ReadAsByteArrayAsync(Cancelled);
    }
}

/// <summary>What happened between two consortia.</summary>
internal sealed record AbroadStory
{
    /// <summary>A credential that was awarded before the agreement, with its proof.</summary>
    public required byte[] Early { get; init; }

    /// <summary>The verdict on it while nobody had agreed.</summary>
    public JsonNode BeforeAll { get; init; } = null!;

    /// <summary>The verdict on it under the agreement, where it came without its proof.</summary>
    public JsonNode WithoutProof { get; init; } = null!;

    /// <summary>The verdict on it at an institution that did not agree.</summary>
    public JsonNode AtTheOther { get; init; } = null!;

    /// <summary>The verdict on it under the agreement.</summary>
    public JsonNode AwardedBefore { get; init; } = null!;

    /// <summary>A credential that was awarded under the agreement's second version.</summary>
    public byte[] Document { get; init; } = [];

    /// <summary>The same with its proof.</summary>
    public byte[] Proven { get; init; } = [];
}
