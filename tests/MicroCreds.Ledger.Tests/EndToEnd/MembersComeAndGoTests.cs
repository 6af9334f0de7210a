using System.Net;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.Ledger.Gateway;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>
/// Seven members of a real channel down to three, and up to five again: after each step every one that is there can do
/// what it must be able to do, with nobody's help who left.
/// </summary>
public sealed class MembersComeAndGoTests : IAsyncLifetime
{
    private const string Achievement = "harbour-logistics";

    private static readonly string[] Further = ["Fjord", "Vesna", "Glen"];

    private readonly Dictionary<string, string> _suspended = [];
    private RunningConsortium? _consortium;
    private int _ballots;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private RunningConsortium Consortium => _consortium!;

    private IReadOnlyList<RunningInstitution> Present => Consortium.Description.Institutions;

    public async ValueTask InitializeAsync()
    {
        // Never on somebody else's network: institutions leave it.
        if (RunningConsortium.Engine == "native" && Environment.GetEnvironmentVariable("TEST_NETWORK") is null)
        {
            _consortium = new RunningConsortium { Redescribe = WithSeven };
            await _consortium.InitializeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_consortium is not null) await _consortium.DisposeAsync();
    }

    [Fact]
    public async Task SevenMembers_DownToThreeAndUpToFive_EachPresentOneAddsWithdrawsRevokesAndVotes()
    {
        Assert.SkipWhen(_consortium is null, "Members leave a real channel: scripts/test.sh --engine native.");
        foreach (var institution in Present.Where(one => Further.Any(name => one.MspId == $"{name}MSP")))
            await RegisterAsync(institution);
        foreach (var institution in Present) await PrepareAsync(institution);
        string policy = string.Join(", ", Present.Take(3).Select(one => $"'{one.MspId}.peer'"));
        await OperateAsync("upgrade", "--policy", $"OutOf(2, {policy})");

        while (Present.Count > 3)
        {
            var leaver = Present[^1];

            // One of them does not answer any more: the others decide.
            if (Present.Count == 6) Consortium.Kill($"gateway-{leaver.MspId}");
            string said = await OperateAsync("remove-institution", "--institution", leaver.MspId);
            Assert.Contains(
                Present.Count == 6 ? "removed it from the list of members by a ballot" : "by its own word", said,
                StringComparison.Ordinal);
            await Consortium.ReadAsync();
            await ActAsync();
        }

        foreach (string name in (string[])["Skerry", "Tarn"])
        {
            string said = await OperateAsync("add-institution", "--institution", await DescribeAsync(name));
            Assert.Contains("the members have confirmed it", said, StringComparison.Ordinal);
            await Consortium.ReadAsync();
            await PrepareAsync(Present[^1]);
            await ActAsync();
        }

        Assert.Equal(5, Present.Count);
        await OperateAsync("doctor");
    }

    private static void WithSeven(JsonNode description)
    {
        var organizations = description["organizations"]!.AsArray();
        var contract = description["chaincodes"]![0]!;
        foreach (string name in Further)
        {
            organizations.Add(Organization(name));
            contract["servers"]![$"{name}MSP"] = "127.0.0.1:0";
        }

        string peers = string.Join(", ", organizations.Select(one => $"'{one!["mspId"]}.peer'"));
        contract["endorsementPolicy"] = $"OutOf(4, {peers})";
    }

    private static JsonObject Organization(string name) => new()
    {
        ["mspId"] = $"{name}MSP",
        ["name"] = $"University of {name}",
        ["domain"] = $"{name.ToLowerInvariant()}.example",
        ["country"] = "NO",
        ["website"] = $"https://www.{name.ToLowerInvariant()}.example",
        ["kind"] = "university",
        ["peer"] = "127.0.0.1:0",
        ["gateway"] = "127.0.0.1:0",
    };

    private async Task<string> DescribeAsync(string name)
    {
        string file = Path.Combine(Consortium.State, $"{name}.json");
        var description = new JsonObject
        {
            ["organization"] = Organization(name),
            ["chaincodeServer"] = "127.0.0.1:0",
        };
        await File.WriteAllTextAsync(file, description.ToJsonString(), Cancelled);
        return file;
    }

    private Task<string> OperateAsync(string verb, params string[] arguments) =>
        RunningConsortium.OperateAsync([verb, .. arguments, "--state", Consortium.State]);

    /// <summary>Says who an institution is, and has the others confirm it.</summary>
    private async Task RegisterAsync(RunningInstitution institution)
    {
        await OkAsync(institution, HttpMethod.Put, "/v1/institution", new
        {
            name = institution.Name,
            country = institution.Country,
            did = $"did:web:{institution.Domain}",
        });
        await Present[0].SaysAsync($"/v1/institutions/{institution.MspId}", "\"proposed\"");
        await DecideAsync("confirmIdentity", institution.MspId);
    }

    /// <summary>Publishes what an institution awards, and suspends one award.</summary>
    private async Task PrepareAsync(RunningInstitution institution)
    {
        await OkAsync(institution, HttpMethod.Post, "/v1/achievements", GatewayHost.Achievement(Achievement));
        await SuspendAsync(institution);
    }

    private async Task SuspendAsync(RunningInstitution institution)
    {
        var issued = await institution.IssueAsync(Registrar.Request(Achievement, $"Learner {Guid.NewGuid():n}"));
        await OkAsync(institution, HttpMethod.Post, $"{issued.Location}/suspension", new { reason = "underReview" });
        _suspended[institution.MspId] = issued.Location;
    }

    private async Task ActAsync()
    {
        foreach (var member in Present)
        {
            // A new key, and the one before it was stolen.
            var before = await OkAsync(member, HttpMethod.Post, "/v1/institution/keys", null);
            string keyId = (string)before["keys"]!.AsArray()[^1]!["id"]!;
            await OkAsync(
                member, HttpMethod.Post, $"/v1/institution/keys/{keyId}/revocation",
                new { compromisedSince = DateTimeOffset.UtcNow });
            await OkAsync(
                member, HttpMethod.Post, $"{_suspended[member.MspId]}/revocation", new { reason = "issuedInError" });
            await SuspendAsync(member);
        }

        var consortium = await OkAsync(Present[0], HttpMethod.Get, "/v1/consortium", null);
        bool isAccreditor = consortium["accreditors"]!.AsArray().Any(term =>
            (string?)term!["mspId"] == Present[0].MspId && term["until"] is null);
        await DecideAsync(isAccreditor ? "removeAccreditor" : "admitAccreditor", Present[0].MspId);
    }

    /// <summary>One asks, and those who may vote do until it is decided; every vote counts.</summary>
    private async Task DecideAsync(string action, string subject)
    {
        var ballot = await OkAsync(
            Present[0], HttpMethod.Post, "/v1/ballots", new { id = $"ballot-{++_ballots}", action, subject });
        foreach (var member in Present.Where(one => action != "confirmIdentity" || one.MspId != subject))
        {
            if ((string?)ballot["state"] != "open") break;
            await member.SaysAsync($"/v1/ballots/{ballot["id"]}", "\"state\"");
            ballot = await OkAsync(
                member, HttpMethod.Post, $"/v1/ballots/{ballot["id"]}/votes", new { approve = true });
        }

        Assert.Equal("accepted", (string?)ballot["state"]);
    }

    private static async Task<JsonNode> OkAsync(
        RunningInstitution institution, HttpMethod method, string path, object? body)
    {
        // Another member's peer may be a block behind what this one's gateway has just been told.
        HttpStatusCode status = default;
        JsonNode? answer = null;
        await Until.TrueAsync(
            async () =>
            {
                (status, answer) = await institution.SendAsync(method, path, body);
                return status != HttpStatusCode.NotFound;
            },
            () => $"{method} {path}: {status} {answer}");
        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.Created, $"{method} {path}: {status} {answer}");
        return answer!;
    }
}
