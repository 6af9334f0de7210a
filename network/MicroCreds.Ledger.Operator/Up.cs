using System.Diagnostics;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Engines;
using MicroCreds.Ledger.Operator.Engines.Docker;
using MicroCreds.Ledger.Operator.Engines.Native;

namespace MicroCreds.Ledger.Operator;

/// <summary>Brings everything up: network, chaincode servers and gateways; returns when all of it answers.</summary>
internal static class Up
{
    /// <summary>The chaincode of the credential contract.</summary>
    public const string ChaincodeName = "microcreds";

    /// <summary>The consortium as it was started, with the ports it got: the next start finds the same.</summary>
    public const string SettledFile = "consortium.json";

    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    /// <summary>How long a gateway that has its institution may need until it is ready, before that is told.</summary>
    private static readonly TimeSpan ReadyPatience = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(UpOptions options, CancellationToken cancellation)
    {
        long begin = Stopwatch.GetTimestamp();
        var engine = EngineChoice.Open(options.Engine, options.State);
        if (options.Ca)
        {
            (engine as IFabricEngine ?? throw new OperatorException(
                $"--ca needs Fabric's own peers: the engine \"{engine.Name}\" makes its certificates itself; add "
                + $"--engine {NativeEngine.EngineName} or {DockerEngine.EngineName}.")).UseAuthorities();
        }

        bool fresh = !Daemon.All(options.State).Any(daemon => daemon.IsRunning)
            && !(await engine.ListContainersAsync(cancellation)).Any(container => container.Runs);
        using var turn = fresh ? await Turn.TakeAsync(cancellation) : null;
        var consortium = LoadConsortium(options);
        if (!engine.StartsInstitutions)
        {
            consortium = OperationsPort.Apply(consortium, Environment.GetEnvironmentVariable(OperationsPort.Variable));
        }

        if (fresh)
        {
            consortium = engine.Prepare(consortium, options.FreePorts);
        }

        var network = Describe(consortium, engine.Name, options.State, NetworkFile.TryRead(options.State));
        Directory.CreateDirectory(options.State);
        NetworkState.WriteConsortium(Path.Combine(options.State, SettledFile), consortium);
        network.Write(options.State);
        RestoredCopy.ForgetAll(options.State);
        try
        {
            await StartAsync(engine, options.State, consortium, network, cancellation);
            if (!engine.StartsInstitutions)
            {
                await LogKeeper.EnsureStartedAsync(options.State, options.LogMegabytes, options.LogsKept);
            }

            if (options.Seed)
            {
                await Seed.RunAsync(network, cancellation);
            }
        }
        catch when (fresh)
        {
            await Down.RunAsync(new DownOptions(options.State, Wipe: false));
            throw;
        }

        StoppedParts.ForgetAll(options.State);
        await ReportAsync(network, options, Stopwatch.GetElapsedTime(begin), cancellation);
        return 0;
    }

    private static async Task StartAsync(
        IEngine engine, string state, Consortium consortium, NetworkFile network, CancellationToken cancellation)
    {
        await engine.StartAsync(consortium, cancellation);
        if (!engine.StartsInstitutions)
        {
            // Gateways write as soon as they are there, which many contracts have to endorse.
            OrganizationSettings[] all = [.. consortium.OwnOrganizations()];
            if (all.Length > Crowd.AtOnce)
            {
                await Crowd.ForEachAsync(
                    all, (one, token) => StartContractAsync(engine, state, consortium, one, token), cancellation);
            }

            await Crowd.ForEachAsync(
                all, (one, token) => StartInstitutionAsync(engine, state, consortium, network, one, token),
                cancellation);
        }

        await NetworkProbe.WaitAsync(network, ReadyTimeout, cancellation);
    }

    /// <summary>Starts an institution's chaincode server and gateway; returns once the gateway answers.</summary>
    public static async Task StartInstitutionAsync(
        IEngine engine, string state, Consortium consortium, NetworkFile network, OrganizationSettings organization,
        CancellationToken cancellation)
    {
        var contract = StartContractAsync(engine, state, consortium, organization, cancellation);
        var entry = network.Institutions.Single(institution => institution.MspId == organization.MspId);
        var gateway = new Daemon(state, $"gateway-{organization.MspId}");
        gateway.EnsureStarted(
            ["dotnet", Programs.Gateway],
            ProcessEnvironment.ForGateway(
                state, consortium, organization, network, isTrial: engine is EmbeddedEngine));

        await contract;
        await gateway.WaitUntilListeningAsync([Ports.GatewayOf(organization)], ReadyTimeout, cancellation);
        using var http = new HttpClient { Timeout = AnswerTimeout };
        await gateway.WaitAsync(() => IsAnsweringAsync(http, entry, cancellation), ReadyTimeout, cancellation);
    }

    private static Task StartContractAsync(
        IEngine engine, string state, Consortium consortium, OrganizationSettings organization,
        CancellationToken cancellation)
    {
        var chaincode = new Daemon(state, $"chaincode-{organization.MspId}");
        chaincode.EnsureStarted(
            ["dotnet", Programs.Contract],
            ProcessEnvironment.ForChaincode(state, engine, consortium, organization));

        // A server whose port another process has is gone by now: the peer would dial that other one.
        string server = consortium.Chaincodes.Single(known => known.Name == ChaincodeName).Servers[organization.MspId];
        return chaincode.WaitUntilListeningAsync([server], ReadyTimeout, cancellation);
    }

    /// <summary>Whether an institution's gateway answers.</summary>
    public static async Task<bool> IsAnsweringAsync(
        HttpClient http, InstitutionEntry institution, CancellationToken cancellation)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri($"{institution.GatewayUrl}/healthz"), cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // Not listening yet.
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private static Consortium LoadConsortium(UpOptions options)
    {
        string kept = Path.Combine(options.State, SettledFile);
        var described = new DescribedConsortium(options.State);
        if (File.Exists(kept))
        {
            if (options.Consortium is { } file)
            {
                described.RequireSame(file);
            }

            return ConsortiumFile.Read(kept);
        }

        string source = options.Consortium ?? Path.Combine(Programs.Root, "network", "consortium.json");
        var consortium = DescribedConsortium.Read(source);
        Directory.CreateDirectory(options.State);
        described.Keep(consortium);
        return consortium;
    }

    /// <summary>What network.json says of a consortium; API keys that were given before stay.</summary>
    public static NetworkFile Describe(
        Consortium consortium, string engine, string state, NetworkFile? before) => new()
        {
            Engine = engine,
            Channel = consortium.Channel,
            Chaincode = ChaincodeName,
            Institutions = [.. consortium.OwnOrganizations().Select(organization =>
        {
            var files = new OrganizationFiles(state, organization.Domain);
            return new InstitutionEntry
            {
                MspId = organization.MspId,
                Name = organization.Name,
                Domain = organization.Domain,
                Country = organization.Country,
                Website = organization.Website,
                GatewayUrl = $"http://{Ports.GatewayOf(organization)}",
                OperationsUrl = organization.GatewayOperations is { } operations ? $"http://{operations}" : null,
                ApiKey = before?.Institutions.SingleOrDefault(known => known.MspId == organization.MspId)?.ApiKey
                    ?? NetworkFile.NewApiKey(),
                PeerEndpoint = organization.Peer,
                PeerTlsCa = files.PeerTlsCa,
                UserCert = files.CertificateOf("User1"),
                UserKey = files.KeyOf("User1"),
            };
        })],
        };

    private static async Task ReportAsync(
        NetworkFile network, UpOptions options, TimeSpan elapsed, CancellationToken cancellation)
    {
        Console.WriteLine($"Up in {elapsed.TotalSeconds:F1} s:");
        Print(network, options);
        await PrintFaultsAsync(network, options.Seed ? ReadyPatience : TimeSpan.Zero, cancellation);
        await PrintLinksAsync(network, cancellation);
        Console.WriteLine("Verify without a login on any /verify page; scripts/down.sh stops it and keeps the ledger.");
    }

    /// <summary>What keeps gateways from issuing although they answer.</summary>
    private static async Task PrintFaultsAsync(
        NetworkFile network, TimeSpan patience, CancellationToken cancellation)
    {
        var all = await Task.WhenAll(network.Institutions.Select(
            institution => GatewayReadiness.AskUntilReadyAsync(institution, patience, cancellation)));
        foreach (var (institution, said) in network.Institutions.Zip(all).Where(pair => pair.Second.Faults.Count > 0))
        {
            Console.WriteLine($"The gateway of {institution.Name} is {said.Summary}:");
            foreach (string fault in said.Faults)
            {
                Console.WriteLine($"  {fault}");
            }
        }
    }

    /// <summary>A way into the pages for who has just started all of this.</summary>
    private static async Task PrintLinksAsync(NetworkFile network, CancellationToken cancellation)
    {
        var links = await Task.WhenAll(network.Institutions.Select(
            institution => SignInLink.MakeAsync(institution, cancellation)));
        if (!Array.Exists(links, link => link.Url is not null))
        {
            return;
        }

        Console.WriteLine("Sign in as a registrar, once and within 15 minutes (scripts/sign-in.sh makes new links):");
        foreach (var (url, _) in links.Where(link => link.Url is not null))
        {
            Console.WriteLine($"  {url}");
        }
    }

    private static void Print(NetworkFile network, UpOptions options)
    {
        int width = network.Institutions.Max(institution => institution.Name.Length);
        foreach (var institution in network.Institutions)
        {
            Console.WriteLine(
                $"  {institution.Name.PadRight(width)}  {institution.GatewayUrl}  {institution.GatewayUrl}/verify");
        }

        Console.WriteLine($"API keys and endpoints: {Path.Combine(options.State, NetworkFile.Name)}");
    }
}
