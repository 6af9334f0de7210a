using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Operator.Engines;

namespace MicroCreds.Ledger.Operator;

/// <summary>Says what runs and how far each node is, who is behind, and which certificates expire.</summary>
internal static class Status
{
    private const int Faulty = 2;

    private static readonly TimeSpan ExpiryWarning = TimeSpan.FromDays(30);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    /// <returns>0 if all is well, 2 if something is down, behind or about to expire.</returns>
    public static async Task<int> RunAsync(string state, CancellationToken cancellation)
    {
        var known = NetworkState.Open(state);
        var faults = new List<string>();
        Console.WriteLine($"Channel {known.Network.Channel}, engine {known.Engine.Name}, {state}");
        await ReportProcessesAsync(known, faults, cancellation);
        await ReportHeightsAsync(known, faults, cancellation);
        await ReportGatewaysAsync(known.Network, faults, cancellation);
        foreach (var chaincode in known.Consortium.Chaincodes)
        {
            Console.WriteLine($"Contract {known.Engine.Describe(chaincode)}, policy {chaincode.EndorsementPolicy}");
        }

        ReportCertificates(state, TimeProvider.System.GetUtcNow(), faults);
        Console.WriteLine(faults.Count == 0 ? "All is well." : $"Not well:\n  {string.Join("\n  ", faults)}");
        return faults.Count == 0 ? 0 : Faulty;
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
            $"{name} is down: scripts/up.sh starts it again, its log is logs/{name}.log."));
        faults.AddRange(stopped.Select(name =>
            $"{name} is down: scripts/up.sh starts it again, scripts/logs.sh {name} shows why it ended."));
        if (all == 0)
        {
            faults.Add("Nothing runs: scripts/up.sh starts it.");
        }
    }

    private static async Task ReportHeightsAsync(
        NetworkState known, List<string> faults, CancellationToken cancellation)
    {
        var orderers = known.Engine.ReadOrdererHeightsAsync(known.Consortium, cancellation);
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

    private static async Task ReportGatewaysAsync(
        NetworkFile network, List<string> faults, CancellationToken cancellation)
    {
        using var http = new HttpClient { Timeout = CallTimeout };
        foreach (var institution in network.Institutions)
        {
            string answer = await AskAsync(http, institution, cancellation);
            Console.WriteLine($"  {"gateway of " + institution.MspId,-24} {answer}");
            if (answer != "ready")
            {
                faults.Add($"The gateway of {institution.MspId}: {answer}.");
            }
        }
    }

    private static async Task<string> AskAsync(
        HttpClient http, InstitutionEntry institution, CancellationToken cancellation)
    {
        try
        {
            string address = $"{institution.OperationsUrl ?? institution.GatewayUrl}/readyz";
            using var answer = await http.GetAsync(new Uri(address), cancellation);
            if (answer.StatusCode == HttpStatusCode.NotFound)
            {
                return $"does not tell whether it is ready at {address}: its operators' port is another one; name that "
                    + "as gatewayOperations in consortium.json";
            }

            var readiness = await answer.Content.ReadFromJsonAsync<JsonObject>(cancellation);
            string[] missing = [.. readiness!["checks"]!.AsArray()
                .Where(check => !(bool)check!["ok"]!).Select(check => (string)check!["check"]!)];
            return missing.Length == 0 ? "ready" : $"not ready ({string.Join(", ", missing)})";
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException
            && !cancellation.IsCancellationRequested)
        {
            return "does not answer";
        }
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
