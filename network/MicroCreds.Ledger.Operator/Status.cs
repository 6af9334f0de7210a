using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Operator.Doctoring;
using MicroCreds.Ledger.Operator.Engines;

namespace MicroCreds.Ledger.Operator;

/// <summary>
/// Says what runs and how far each node is, who is behind, whose peer does not endorse, which gateway is not ready, and
/// which certificates expire.
/// </summary>
internal static class Status
{
    private const int Faulty = 2;

    private static readonly TimeSpan ExpiryWarning = TimeSpan.FromDays(30);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Longer than a gateway takes to find out that something does not answer it.</summary>
    private static readonly TimeSpan GatewayTimeout = TimeSpan.FromSeconds(20);

    /// <returns>0 if all works, 2 if something is down, behind, of no use or about to expire.</returns>
    public static async Task<int> RunAsync(string state, CancellationToken cancellation)
    {
        var known = NetworkState.Open(state);
        var faults = new List<string>();
        Console.WriteLine($"Channel {known.Network.Channel}, engine {known.Engine.Name}, {state}");
        await ReportProcessesAsync(known, faults, cancellation);
        var answering = await ReportHeightsAsync(known, faults, cancellation);
        await ReportEndorsementAsync(known, answering, faults, cancellation);
        var reservations = await ReportGatewaysAsync(known.Network, faults, cancellation);
        foreach (var chaincode in known.Consortium.Chaincodes)
        {
            Console.WriteLine($"Contract {known.Engine.Describe(chaincode)}, policy {chaincode.EndorsementPolicy}");
        }

        faults.AddRange(LeftoverExamination.Examine(known).Select(left =>
            $"{left.Subject}: {left.Fault} Mend: {left.Mend}"));
        ReportCertificates(state, TimeProvider.System.GetUtcNow(), faults);
        Conclude(faults, reservations);
        return faults.Count == 0 ? 0 : Faulty;
    }

    private static void Conclude(List<string> faults, IReadOnlyList<string> reservations)
    {
        if (faults.Count > 0)
        {
            Console.WriteLine($"Not well:\n  {string.Join("\n  ", faults)}");
        }

        if (reservations.Count > 0)
        {
            string head = faults.Count > 0 ? "Look into this, too" : "It works, but look into this";
            Console.WriteLine($"{head}:\n  {string.Join("\n  ", reservations)}");
        }

        if (faults.Count + reservations.Count == 0)
        {
            Console.WriteLine("All is well.");
        }
    }

    private static async Task ReportProcessesAsync(
        NetworkState known, List<string> faults, CancellationToken cancellation)
    {
        var containers = await known.Engine.ListContainersAsync(cancellation);
        var daemons = Daemon.All(known.State).ToList();
        string[] down = [.. daemons.Where(daemon => !daemon.IsRunning).Select(daemon => daemon.Name)];
        string[] stopped = [.. containers.Where(container => !container.Runs).Select(container => container.Name)];
        int all = daemons.Count + containers.Count;
        Console.WriteLine(
            $"{(known.Engine.StartsInstitutions ? "Containers" : "Processes")}: "
            + $"{all - down.Length - stopped.Length} of {all} run.");
        if (daemons.Count > down.Length && !LogKeeper.IsRunning(known.State))
        {
            faults.Add("Nobody sets large log files aside: scripts/up.sh starts who does.");
        }

        faults.AddRange(down.Select(name =>
            $"{name} is down: scripts/up.sh starts it again, its log is logs/{name}.log."
            + (new Daemon(known.State, name).FindRefusal() is { } refusal ? $" It says there: {refusal}" : "")));
        faults.AddRange(stopped.Select(name =>
            $"{name} is down: scripts/up.sh starts it again, scripts/logs.sh {name} shows why it ended."));
        if (all == 0)
        {
            faults.Add("Nothing runs: scripts/up.sh starts it.");
        }
    }

    /// <returns>The institutions whose peers answer.</returns>
    private static async Task<IReadOnlyList<InstitutionEntry>> ReportHeightsAsync(
        NetworkState known, List<string> faults, CancellationToken cancellation)
    {
        var orderers = known.Engine.ReadOrdererHeightsAsync(known.Consortium, cancellation);
        var ordering = known.Engine.FindOrderingFaultAsync(known.Consortium, cancellation);
        var peers = await Task.WhenAll(known.Network.Institutions.Select(institution =>
            ReadHeightAsync(known.Network, institution, cancellation)));
        var heights = (await orderers).Concat(peers).ToList();
        ulong highest = heights.Max(node => node.Height ?? 0);
        foreach (var (node, height) in heights)
        {
            string text = height?.ToString(CultureInfo.InvariantCulture) ?? "does not answer";
            Console.WriteLine($"  {node,-24} {text}");
            if (height is null)
            {
                faults.Add($"{node} does not answer.");
            }
            else if (height < highest)
            {
                faults.Add($"{node} is behind by {highest - height} blocks.");
            }
        }

        if (await ordering is { } unordered)
        {
            faults.Add(unordered);
        }

        return [.. known.Network.Institutions.Where((_, i) => peers[i].Height is not null)];
    }

    /// <summary>A peer may have every block and still not endorse: its data was lost, or its contract server is down.
    /// </summary>
    private static async Task ReportEndorsementAsync(
        NetworkState known, IReadOnlyList<InstitutionEntry> answering, List<string> faults,
        CancellationToken cancellation)
    {
        var contract = known.Consortium.Chaincodes.Single(chaincode => chaincode.Name == known.Network.Chaincode);
        var found = await Task.WhenAll(answering.Select(institution =>
            PeerEndorsement.FindFaultAsync(known.Network, institution, contract, cancellation)));
        Console.WriteLine(
            $"Peers that endorse: {found.Count(fault => fault is null)} of {known.Network.Institutions.Count}.");
        faults.AddRange(found.OfType<string>());
    }

    private static async Task<NodeHeight> ReadHeightAsync(
        NetworkFile network, InstitutionEntry institution, CancellationToken cancellation)
    {
        string name = $"peer of {institution.MspId}";
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(CallTimeout);
        try
        {
            using var connection = new InstitutionConnection(network, institution);
            return new NodeHeight(name, await connection.Network.GetNewestBlockNumberAsync(deadline.Token) + 1);
        }
        catch (Exception exception) when (exception is FabricException or OperatorException
            or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return new NodeHeight(name, Height: null);
        }
    }

    /// <returns>What the gateways would have looked into although they work.</returns>
    private static async Task<IReadOnlyList<string>> ReportGatewaysAsync(
        NetworkFile network, List<string> faults, CancellationToken cancellation)
    {
        using var http = new HttpClient { Timeout = GatewayTimeout };
        var answers = await Task.WhenAll(network.Institutions.Select(institution =>
            GatewayReadiness.AskAsync(http, institution, cancellation)));
        foreach (var (institution, answer) in network.Institutions.Zip(answers))
        {
            Console.WriteLine($"  {"gateway of " + institution.MspId,-24} {answer.Summary}");
            faults.AddRange(answer.Faults.Select(fault => $"The gateway of {institution.MspId}: {fault}"));
        }

        return
        [
            .. network.Institutions.Zip(answers).SelectMany(pair =>
                pair.Second.Reservations.Select(one => $"The gateway of {pair.First.MspId}: {one}")),
        ];
    }

    /// <summary>Finds the certificate of every organisation that expires first.</summary>
    private static void ReportCertificates(string state, DateTimeOffset now, List<string> faults)
    {
        string root = Path.Combine(state, "organizations");
        var expiries = Directory.GetFiles(root, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".pem" or ".crt")
            .Select(file => (File: Path.GetRelativePath(root, file), Expiry: ExpiryOf(file)))
            .OrderBy(certificate => certificate.Expiry).ToList();
        var (first, expiry) = expiries[0];
        Console.WriteLine($"Certificates: the first of {expiries.Count} expires on {Day(expiry)} ({first}).");
        faults.AddRange(expiries.Where(certificate => certificate.Expiry < now + ExpiryWarning).Select(certificate =>
            $"{certificate.File} {(certificate.Expiry < now ? "expired" : "expires")} on {Day(certificate.Expiry)}: "
            + "renew it."));
    }

    private static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateTimeOffset ExpiryOf(string file)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
        return certificate.NotAfter.ToUniversalTime();
    }
}
