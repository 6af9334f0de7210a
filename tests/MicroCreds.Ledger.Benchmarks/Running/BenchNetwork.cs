using System.Text.Json;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Engines;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Benchmarks.Running;

/// <summary>
/// The sample consortium, as people bring it up, and beside its contract a put/get chaincode on two libraries.
/// </summary>
internal sealed class BenchNetwork
{
    /// <summary>The put/get chaincode on our library.</summary>
    public const string Ours = "putget";

    /// <summary>The same on the official Node library.</summary>
    public const string Theirs = "putget-node";

    private readonly Consortium _consortium;
    private readonly NetworkFile _network;

    private BenchNetwork(string state, Consortium consortium, NetworkFile network) =>
        (State, _consortium, _network) = (state, consortium, network);

    public string State { get; }

    /// <summary>Whose gateway issues.</summary>
    public InstitutionEntry Issuer => _network.Institutions[0];

    /// <summary>Whose gateway verifies what another one issued.</summary>
    public InstitutionEntry Partner => _network.Institutions[1];

    public string Channel => _network.Channel;

    /// <summary>What a client process must know.</summary>
    public Dictionary<string, string> ClientEnvironment => new()
    {
        ["PEER"] = Issuer.PeerEndpoint,
        ["PEER_TLS_CA"] = Issuer.PeerTlsCa,
        ["PEER_TLS_NAME"] = $"peer0.{Issuer.Domain}",
        ["MSP_ID"] = Issuer.MspId,
        ["CERTIFICATE"] = Issuer.UserCert,
        ["PRIVATE_KEY"] = Issuer.UserKey,
        ["CHANNEL"] = _network.Channel,
    };

    /// <summary>
    /// Brings up a consortium of more universities than the sample has; of what is new a majority of them decides.
    /// </summary>
    /// <param name="options">The run's options.</param>
    /// <param name="members">How many members there are.</param>
    public static async Task<BenchNetwork> StartLargeAsync(BenchmarkOptions options, int members)
    {
        Directory.CreateDirectory(options.State);
        string state = Path.Combine(options.State, $"network-of-{members}");
        string description = Path.Combine(options.State, $"consortium-of-{members}.json");
        var consortium = OfMembers(ConsortiumFile.Read(Repository.PathOf("network", "consortium.json")), members);
        await File.WriteAllTextAsync(description, JsonSerializer.Serialize(consortium, JsonSerializerOptions.Web));
        await UpAsync(options, state, "--consortium", description);
        return new BenchNetwork(
            state, ConsortiumFile.Read(Path.Combine(state, Up.SettledFile)), NetworkFile.TryRead(state)!);
    }

    public static async Task<BenchNetwork> StartAsync(BenchmarkOptions options)
    {
        // What is started inherits it: the webhooks that are measured are on this machine, by plain http.
        Environment.SetEnvironmentVariable("MICROCREDS_WEBHOOK_NETWORKS", "127.0.0.0/8");
        Environment.SetEnvironmentVariable("MICROCREDS_WEBHOOK_HTTP", "true");
        Directory.CreateDirectory(options.State);
        string state = Path.Combine(options.State, "network");
        string description = Path.Combine(options.State, "consortium.json");
        var consortium = WithPutGet(ConsortiumFile.Read(Repository.PathOf("network", "consortium.json")));
        await File.WriteAllTextAsync(description, JsonSerializer.Serialize(consortium, JsonSerializerOptions.Web));
        await UpAsync(options, state, "--consortium", description);
        return new BenchNetwork(
            state, ConsortiumFile.Read(Path.Combine(state, Up.SettledFile)), NetworkFile.TryRead(state)!);
    }

    /// <summary>Brings a network up on free ports, by the script that people use.</summary>
    public static Task UpAsync(BenchmarkOptions options, string state, params string[] more) => Command.RunAsync(
        Repository.PathOf("scripts", "up.sh"),
        ["--engine", options.Engine, "--state", state, "--free-ports", .. more]);

    public static Task DownAsync(string state) =>
        Command.RunAsync(Repository.PathOf("scripts", "down.sh"), ["--state", state, "--wipe"]);

    /// <summary>Starts the server of a put/get chaincode.</summary>
    /// <param name="official">An official library's program, or null for ours.</param>
    public Task<WorkerProcess> StartChaincodeAsync(OfficialProgram? official) =>
        StartChaincodeAsync(official, official is null ? Ours : Theirs, more: []);

    /// <summary>Starts our library's server of a put/get chaincode, whose every call is traced.</summary>
    /// <param name="name">The chaincode in whose place it is, for instance <see cref="Theirs"/>.</param>
    public Task<WorkerProcess> StartTracedChaincodeAsync(string name) =>
        StartChaincodeAsync(official: null, name, new() { [TelemetryListening.Variable] = "1" });

    private async Task<WorkerProcess> StartChaincodeAsync(
        OfficialProgram? official, string name, Dictionary<string, string> more)
    {
        var chaincode = _consortium.Chaincodes.Single(candidate => candidate.Name == name);
        var engine = EngineChoice.Open(null, State);
        return await StartChaincodeAsync(
            official, chaincode.Servers[Issuer.MspId],
            engine.ChaincodeIdOf(chaincode, _consortium.Organizations[0]), more);
    }

    /// <summary>Starts the server of a put/get chaincode that whoever dials it may call.</summary>
    /// <param name="official">An official library's program, or null for ours.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="id">As which it makes itself known.</param>
    /// <param name="more">Further variables. Default is none.</param>
    public static async Task<WorkerProcess> StartChaincodeAsync(
        OfficialProgram? official, string address, string id, Dictionary<string, string>? more = null)
    {
        var environment = new Dictionary<string, string>(ProcessEnvironment.Lean.Concat(more ?? []))
        {
            ["CHAINCODE_SERVER_ADDRESS"] = address,
            ["CORE_CHAINCODE_ID_NAME"] = id,
            ["CORE_CHAINCODE_LOGGING_LEVEL"] = "error",
        };
        var server = official is null
            ? WorkerProcess.StartOwn(["chaincode"], environment)
            : WorkerProcess.Start(official.Program, official.Arguments, environment);
        await server.WaitUntilListeningAsync(address);
        return server;
    }

    /// <summary>The processes of the network, by name.</summary>
    public IReadOnlyList<(string Name, int Id)> Processes()
    {
        var found = new List<(string, int)>();
        foreach (var daemon in Daemon.All(State))
        {
            using var process = daemon.Find()
                ?? throw new BenchmarkException($"{daemon.Name} is not running any more: see {daemon.LogFile}.");
            found.Add((daemon.Name, process.Id));
        }

        return found;
    }

    public int GatewayProcess(InstitutionEntry institution) =>
        Processes().Single(process => process.Name == $"gateway-{institution.MspId}").Id;

    /// <summary>Starts one more gateway of the issuer, with a database, a key and a data directory of its
    /// own.</summary>
    /// <param name="name">What its data directory is called.</param>
    /// <param name="database">The PostgreSQL database.</param>
    /// <param name="keyFile">The issuer key.</param>
    /// <returns>The process, and how the gateway is reached.</returns>
    public Task<(WorkerProcess Process, InstitutionEntry Entry)> StartGatewayAsync(
        string name, string database, string keyFile) => StartGatewayAsync(name, new Dictionary<string, string>
        {
            ["MICROCREDS_DATABASE"] = database,
            ["MICROCREDS_ISSUER_KEY_FILE"] = keyFile,
        });

    /// <summary>Starts one more gateway of the issuer, with a data directory of its own.</summary>
    /// <param name="name">What its data directory is called.</param>
    /// <param name="settings">Further settings.</param>
    /// <returns>The process, and how the gateway is reached.</returns>
    public async Task<(WorkerProcess Process, InstitutionEntry Entry)> StartGatewayAsync(
        string name, IReadOnlyDictionary<string, string> settings)
    {
        string address = new Ports(replace: true).Settle("127.0.0.1:0", name);
        var organization = _consortium.Organizations.Single(one => one.MspId == Issuer.MspId);
        var environment = ProcessEnvironment.ForGateway(State, _consortium, organization, _network);
        environment["MICROCREDS_LISTEN"] = $"http://{address}";
        environment["MICROCREDS_DATA_DIRECTORY"] = Path.Combine(State, "beside", name);
        foreach (var (setting, value) in settings)
        {
            environment[setting] = value;
        }

        string program = Repository.PathOf(
            "gateway", "MicroCreds.Ledger.Gateway", "bin", "Release", "net10.0", "MicroCreds.Ledger.Gateway.dll");
        var process = WorkerProcess.Start("dotnet", [program], environment);
        await process.WaitUntilListeningAsync(address);
        return (process, Issuer with { GatewayUrl = $"http://{address}" });
    }

    /// <summary>How many bytes the issuer's own store has, on SQLite.</summary>
    public long StoreBytes() => new DirectoryInfo(Path.GetDirectoryName(StoreFile)!)
        .EnumerateFiles(StorePlace.FileName + "*").Sum(file => file.Length);

    /// <summary>The issuer's own store, on SQLite.</summary>
    public string StoreFile => Path.Combine(State, "gateways", Issuer.MspId, StorePlace.FileName);

    private static Consortium OfMembers(Consortium sample, int members)
    {
        const int FirstPort = 20_000;
        int port = FirstPort;
        OrganizationSettings[] all =
        [
            .. sample.Organizations.Take(members),
            .. Enumerable.Range(sample.Organizations.Count + 1, Math.Max(0, members - sample.Organizations.Count))
                .Select(number => sample.Organizations[0] with
                {
                    MspId = $"University{number}MSP",
                    Name = $"University Number {number}",
                    Domain = $"university{number}.example",
                    Website = $"https://www.university{number}.example",
                    Peer = $"127.0.0.1:{port++}",
                    Gateway = $"127.0.0.1:{port++}",
                }),
        ];
        string peers = string.Join(", ", all.Select(organization => $"'{organization.MspId}.peer'"));
        return sample with
        {
            Organizations = all,
            Chaincodes =
            [
                .. sample.Chaincodes.Select(chaincode => chaincode with
                {
                    EndorsementPolicy = $"OutOf({(members / 2) + 1}, {peers})",
                    Servers = all.ToDictionary(organization => organization.MspId, _ => $"127.0.0.1:{port++}"),
                }),
            ],
        };
    }

    /// <summary>
    /// One organisation endorses, and one server answers whichever peer asks, without TLS: as little as possible is to
    /// lie around the client or the library that is compared.
    /// </summary>
    private static Consortium WithPutGet(Consortium consortium)
    {
        var ports = new Ports(replace: true);
        string policy = $"OutOf(1, '{consortium.Organizations[0].MspId}.peer')";
        var putGets = new[] { Ours, Theirs }.Select(name =>
        {
            string address = ports.Settle("127.0.0.1:0", name);
            return new ChaincodeSettings
            {
                Name = name,
                EndorsementPolicy = policy,
                Servers = consortium.Organizations.ToDictionary(organization => organization.MspId, _ => address),
                Tls = false,
            };
        });
        return consortium with { Chaincodes = [.. consortium.Chaincodes, .. putGets] };
    }
}
