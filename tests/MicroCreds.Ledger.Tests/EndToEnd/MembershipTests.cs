using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>
/// An institution joins members that share no keys: each acts in a state directory of its own, files go between them.
/// </summary>
public sealed class MembershipTests(NetworkLifeTests.NativeConsortium native)
    : IClassFixture<NetworkLifeTests.NativeConsortium>, IAsyncDisposable
{
    private const int Cohort = 10_000;
    private const int VerifiedAtOnce = 16;
    private const int Needed = 3;

    private readonly string _own = Directory.CreateTempSubdirectory("microcreds-").FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Newcomer => Path.Combine(_own, "newcomer");

    private string Request => Path.Combine(_own, "request.json");

    private string Signatures => Path.Combine(_own, "signatures");

    private string Admission => Path.Combine(_own, "admission.json");

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Newcomer, "network.json")))
        {
            await RunningConsortium.OperateAsync("down", "--state", Newcomer, "--wipe");
        }

        Directory.Delete(_own, recursive: true);
    }

    [Fact]
    public async Task Newcomer_TakenInByMembersThatShareNoKeys_VerifiesTenThousandEarlierCredentials()
    {
        var consortium = native.OrSkip();
        var documents = await consortium[0].IssueBatchAsync(Batches.Rows(
            Enumerable.Range(0, Cohort).Select(i => Registrar.Request("data-literacy", $"Learner {i}"))));
        MemberState[] members = [.. consortium.Description.Institutions.Select(institution =>
            MemberState.Create(consortium, institution, Path.Combine(_own, institution.MspId)))];

        await AskAsync();
        await SignAsync(members);
        await AssertRefusedAsync(members);
        string[] admit =
        [
            "admit-institution", "--request", Request, "--signatures", Signatures, "--file", Admission, "--state",
            members[0].State,
        ];
        Assert.Contains("taken SkerryMSP in", await RunningConsortium.OperateAsync(admit), StringComparison.Ordinal);
        Assert.Contains("is a member already", await RunningConsortium.OperateAsync(admit), StringComparison.Ordinal);

        // Twice: the second time there is nothing left to do.
        for (int i = 0; i < 2; i++)
        {
            await RunningConsortium.OperateAsync("join-consortium", "--admission", Admission, "--state", Newcomer);
        }

        var newcomer = MemberState.DescriptionOf(Newcomer).Institutions.Single();
        await newcomer.VerifyUntilAsync(documents[^1], "valid");
        await Parallel.ForEachAsync(
            documents, new ParallelOptions { MaxDegreeOfParallelism = VerifiedAtOnce }, async (document, _) =>
                Assert.Equal("valid", (string?)(await newcomer.VerifyAsync(document))["verdict"]));
        AssertNobodyHasAnothersKeys(members);
        await RunningConsortium.OperateAsync("down", "--state", Newcomer);
        await RunningConsortium.OperateAsync("up", "--state", Newcomer, "--no-seed");
        await newcomer.VerifyUntilAsync(documents[0], "valid");
        await RegisterAsync(newcomer);
        await RunningConsortium.OperateAsync("doctor", "--state", Newcomer);
    }

    /// <summary>The newcomer makes its request; asked again, it makes the same.</summary>
    private async Task AskAsync()
    {
        var description = JsonNode.Parse(
            await File.ReadAllBytesAsync(Path.Combine(Repository.Root, "network", "newcomer.json"), Cancelled))!;
        description["organization"]!["peer"] = "127.0.0.1:0";
        description["organization"]!["gateway"] = "127.0.0.1:0";
        description["chaincodeServer"] = "127.0.0.1:0";
        string file = Path.Combine(_own, "newcomer.json");
        await File.WriteAllTextAsync(file, description.ToJsonString(), Cancelled);
        string[] ask = ["request-membership", "--institution", file, "--file", Request, "--state", Newcomer];
        await RunningConsortium.OperateAsync(ask);
        string request = await File.ReadAllTextAsync(Request, Cancelled);
        Assert.DoesNotContain("PRIVATE KEY", request, StringComparison.Ordinal);
        await RunningConsortium.OperateAsync(ask);
        Assert.Equal(request, await File.ReadAllTextAsync(Request, Cancelled));
    }

    /// <summary>As many members sign as are needed; signed again, the signature stays.</summary>
    private async Task SignAsync(MemberState[] members)
    {
        foreach (var member in members.Take(Needed))
        {
            string[] sign =
                ["sign-request", "--request", Request, "--file", FileOf(member), "--state", member.State];
            Assert.Contains($"{member.MspId} signed", await RunningConsortium.OperateAsync(sign));
            Assert.Contains("already", await RunningConsortium.OperateAsync(sign), StringComparison.Ordinal);
        }

        var (code, said) = await RunningConsortium.TryOperateAsync(
            "sign-request", "--request", Request, "--file", FileOf(members[1]), "--state", members[0].State, "--member",
            members[1].MspId);
        Assert.Equal(1, code);
        Assert.Contains($"has no keys of {members[1].MspId}", said, StringComparison.Ordinal);
    }

    /// <summary>With a signature too few, and with one that was made from another's, nothing is submitted.</summary>
    private async Task AssertRefusedAsync(MemberState[] members)
    {
        string[] admit =
        [
            "admit-institution", "--request", Request, "--signatures", Signatures, "--file", Admission, "--state",
            members[0].State,
        ];
        string kept = await File.ReadAllTextAsync(FileOf(members[2]), Cancelled);
        File.Delete(FileOf(members[2]));
        var (code, said) = await RunningConsortium.TryOperateAsync(admit);
        Assert.Equal(1, code);
        Assert.Contains("2 of 4 members have signed, where the channel asks for 3", said, StringComparison.Ordinal);

        string forged = (await File.ReadAllTextAsync(FileOf(members[1]), Cancelled))
            .Replace(members[1].MspId, members[2].MspId, StringComparison.Ordinal);
        await File.WriteAllTextAsync(FileOf(members[2]), forged, Cancelled);
        (code, said) = await RunningConsortium.TryOperateAsync(admit);
        Assert.Equal(1, code);
        Assert.Contains(
            $"it says {members[2].MspId}, but {members[1].MspId} signed it", said, StringComparison.Ordinal);
        Assert.False(File.Exists(Admission));
        await File.WriteAllTextAsync(FileOf(members[2]), kept, Cancelled);
    }

    /// <summary>The newcomer writes its own record by its own gateway; then nothing is missing.</summary>
    private async Task RegisterAsync(RunningInstitution newcomer)
    {
        var (status, problem) = await newcomer.SendAsync(HttpMethod.Put, "/v1/institution", new
        {
            name = newcomer.Name,
            country = newcomer.Country,
            did = $"did:web:{newcomer.Domain}",
        });
        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.Created, problem?.ToString());
        string said = "";
        await Until.TrueAsync(
            async () =>
            {
                (int code, said) = await RunningConsortium.TryOperateAsync("status", "--state", Newcomer);
                return code == 0;
            },
            () => said);
    }

    private void AssertNobodyHasAnothersKeys(MemberState[] members)
    {
        foreach (string state in (string[])[.. members.Select(member => member.State), Newcomer])
        {
            string root = Path.Combine(state, "organizations", "peerOrganizations");
            var owners = Directory.GetFiles(Path.Combine(state, "organizations"), "*", SearchOption.AllDirectories)
                .Where(file => Path.GetFileName(file) == "priv_sk" || Path.GetExtension(file) == ".key")
                .Select(file => Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar)[0]).Distinct();
            Assert.Single(owners);
        }
    }

    private string FileOf(MemberState member) => Path.Combine(Signatures, $"{member.MspId}.json");

    /// <summary>What one member has: its own folder, and what everybody knows.</summary>
    private sealed record MemberState(string State, string MspId)
    {
        public static MemberState Create(RunningConsortium consortium, RunningInstitution institution, string state)
        {
            string folder = Path.Combine("organizations", "peerOrganizations", institution.Domain);
            Copy(Path.Combine(consortium.State, folder), Path.Combine(state, folder));
            Directory.CreateDirectory(Path.Combine(state, "fabric"));
            File.Copy(
                Path.Combine(consortium.State, "fabric", "deployment.json"),
                Path.Combine(state, "fabric", "deployment.json"));
            var network = consortium.Description with
            {
                Institutions = [institution with
                {
                    PeerTlsCa = institution.PeerTlsCa.Replace(consortium.State, state),
                    UserCert = institution.UserCert.Replace(consortium.State, state),
                    UserKey = institution.UserKey.Replace(consortium.State, state),
                }],
            };
            File.WriteAllText(
                Path.Combine(state, "network.json"), JsonSerializer.Serialize(network, JsonSerializerOptions.Web));
            var known = JsonNode.Parse(File.ReadAllText(Path.Combine(consortium.State, "consortium.json")))!;
            known["orderer"]!["runsElsewhere"] = true;
            foreach (var organization in known["organizations"]!.AsArray())
            {
                organization!["runsElsewhere"] = (string?)organization["mspId"] != institution.MspId;
            }

            File.WriteAllText(Path.Combine(state, "consortium.json"), known.ToJsonString());
            return new MemberState(state, institution.MspId);
        }

        public static NetworkDescription DescriptionOf(string state) => JsonSerializer.Deserialize<NetworkDescription>(
            File.ReadAllText(Path.Combine(state, "network.json")), JsonSerializerOptions.Web)!;

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
