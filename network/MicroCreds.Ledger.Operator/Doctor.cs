using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Doctoring;

namespace MicroCreds.Ledger.Operator;

/// <summary>Looks for what Fabric's errors don't explain; each finding says how to mend it.</summary>
internal static class Doctor
{
    private const int Ill = 2;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    /// <returns>0 if nothing was found, else 2.</returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellation)
    {
        var options = StateOption.Parse("doctor", args, GivenFiles.Options);
        var now = TimeProvider.System.GetUtcNow();
        bool given = GivenFiles.Options.Any(options.ContainsKey);
        var findings = given
            ? await GivenFiles.ExamineAsync(options, now, cancellation)
            : await ExamineNetworkAsync(options["--state"], now, cancellation);
        foreach (var finding in findings)
        {
            Console.WriteLine(finding);
        }

        string looked = given
            ? $"what was given ({string.Join(", ", GivenFiles.Options.Where(options.ContainsKey))})"
            : "identities, keys, node OUs, roles, TLS, endpoints, clocks, packages, policies and records";
        Console.WriteLine(findings.Count == 0 ? $"Looked at {looked}: all is well." : $"{findings.Count} findings.");
        return findings.Count == 0 ? 0 : Ill;
    }

    private static async Task<IReadOnlyList<Finding>> ExamineNetworkAsync(
        string state, DateTimeOffset now, CancellationToken cancellation)
    {
        var known = NetworkState.Open(state);
        var findings = new List<Finding>();
        var serving = new HashSet<string>();
        foreach (var organization in known.Consortium.OwnOrganizations())
        {
            ExamineFiles(state, organization, now, findings);
            if (await IsServingAsync(known, organization, now, findings, cancellation))
            {
                serving.Add(organization.MspId);
            }
        }

        findings.AddRange(LeftoverExamination.Examine(known));
        findings.AddRange(await ExamineGatewaysAsync(known, cancellation));
        foreach (var institution in known.Network.Institutions)
        {
            findings.AddRange(await RecordPolicies.ExamineAsync(institution, cancellation));
        }

        foreach (string mspId in serving)
        {
            findings.AddRange(await ChannelExamination.ExamineAsync(known, mspId, cancellation));
        }

        findings.AddRange(await known.Engine.ExamineAsync(known.Consortium, now, cancellation));

        // Of those who run elsewhere nothing is known here but that they are members.
        serving.UnionWith(known.Consortium.Organizations.Where(o => o.RunsElsewhere).Select(o => o.MspId));
        string[] members = [.. known.Consortium.Organizations.Select(organization => organization.MspId)];
        findings.AddRange(known.Consortium.Chaincodes.SelectMany(chaincode =>
            PolicyExamination.Examine(chaincode, members, serving)));
        return findings;
    }

    private static void ExamineFiles(
        string state, OrganizationSettings organization, DateTimeOffset now, List<Finding> findings)
    {
        string root = Path.Combine(state, "organizations", "peerOrganizations", organization.Domain);
        string organizationMsp = Path.Combine(root, "msp");
        string User(string name) => Path.Combine(root, "users", $"{name}@{organization.Domain}", "msp");

        string peer = $"peer0.{organization.Domain}";
        findings.AddRange(IdentityExamination.Examine(
            $"Admin@{organization.Domain}", User("Admin"), organizationMsp, "admin", now));
        findings.AddRange(IdentityExamination.Examine(
            $"User1@{organization.Domain}", User("User1"), organizationMsp, "client", now));
        findings.AddRange(IdentityExamination.ExamineRole($"User1@{organization.Domain}", User("User1"), "issuer"));
        findings.AddRange(IdentityExamination.Examine(
            peer, Path.Combine(root, "peers", peer, "msp"), organizationMsp, "peer", now));
        findings.AddRange(TlsExamination.ExamineFiles(
            peer, Path.Combine(root, "peers", peer, "tls"), HostOf(organization.Peer), now));
        string contract = Path.Combine(root, "chaincode", Up.ChaincodeName);
        findings.AddRange(TlsExamination.ExamineFiles(
            $"contract server of {organization.MspId}", contract, host: null, now));
        findings.AddRange(TlsExamination.ExamineFiles(
            $"peer's client of the contract of {organization.MspId}", contract, host: null, now, "client"));
    }

    private static async Task<bool> IsServingAsync(
        NetworkState known, OrganizationSettings organization, DateTimeOffset now, List<Finding> findings,
        CancellationToken cancellation)
    {
        var entry = known.Network.Institutions.Single(institution => institution.MspId == organization.MspId);
        var faults = await TlsExamination.ExamineEndpointAsync(
            $"peer0.{organization.Domain}", organization.Peer, entry.PeerTlsCa, now, cancellation);
        findings.AddRange(faults);
        string server = known.Consortium.Chaincodes.Single(chaincode => chaincode.Name == Up.ChaincodeName)
            .Servers.GetValueOrDefault(organization.MspId, "");
        bool answers = server.Length > 0 && await Ports.AreListeningAsync([server], cancellation);
        if (!answers)
        {
            findings.Add(new Finding(
                $"Contract server of {organization.MspId}", $"nothing answers at \"{server}\".",
                "start it (scripts/up.sh); scripts/logs.sh chaincode shows why it ended."));
        }

        return faults.Count == 0 && answers;
    }

    private static async Task<IEnumerable<Finding>> ExamineGatewaysAsync(
        NetworkState known, CancellationToken cancellation)
    {
        using var http = new HttpClient { Timeout = AnswerTimeout };
        var findings = new List<Finding>();
        foreach (var institution in known.Network.Institutions)
        {
            string subject = $"Gateway of {institution.MspId}";
            try
            {
                using var answer = await http.GetAsync(new Uri($"{institution.GatewayUrl}/healthz"), cancellation);
                if (answer.Headers.Date is { } theirs)
                {
                    findings.AddRange(ClockExamination.Examine(subject, theirs, TimeProvider.System.GetUtcNow()));
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException
                && !cancellation.IsCancellationRequested)
            {
                string? refusal = new Daemon(known.State, $"gateway-{institution.MspId}").FindRefusal();
                findings.Add(new Finding(
                    subject, $"nothing answers at {institution.GatewayUrl}: {refusal ?? exception.Message}",
                    refusal is null
                        ? "start it (scripts/up.sh); scripts/logs.sh gateway shows why it ended."
                        : "do what it says, then start it (scripts/up.sh)."));
            }
        }

        return findings;
    }

    private static string HostOf(string endpoint) => System.Net.IPEndPoint.Parse(endpoint).Address.ToString();
}
