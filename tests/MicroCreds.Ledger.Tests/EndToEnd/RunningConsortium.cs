using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>
/// The whole consortium as separate processes, brought up by the same command as for people: a network of its own, on
/// the engine that the variable <c>TEST_ENGINE</c> names, or the running one whose network.json <c>TEST_NETWORK</c>
/// names.
/// </summary>
public sealed partial class RunningConsortium : IAsyncLifetime
{
    private const string Configuration =
#if DEBUG
        "Debug";
#else
        "Release";
#endif

    private const int Unavailable = 69;

    private readonly string? _given = Environment.GetEnvironmentVariable("TEST_NETWORK");
    private NetworkDescription? _description;
    private string _state = "";
    private string? _missing;

    /// <summary>What the network of our own runs on.</summary>
    public static string Engine => Environment.GetEnvironmentVariable("TEST_ENGINE") is { Length: > 0 } engine
        ? engine
        : "embedded";

    /// <summary>Further options for bringing up a network of our own. Default is none.</summary>
    public IReadOnlyList<string> Further { get; init; } = [];

    /// <summary>Changes the sample's description before the network comes up. Default is null: as it is.</summary>
    public Action<JsonNode>? Redescribe { get; init; }

    /// <summary>Where Fabric's binaries are. Default is null: where the engine finds them by itself.</summary>
    public string? Binaries { get; set; }

    /// <summary>Where it lies. A test that asks is skipped where the engine's programs are missing.</summary>
    public string State
    {
        get
        {
            Assert.SkipWhen(_missing is not null, _missing ?? "");
            return _state;
        }
    }

    /// <summary>What network.json says; without the engine's programs as <see cref="State"/>.</summary>
    public NetworkDescription Description => State.Length > 0 && _description is not null
        ? _description
        : throw new InvalidOperationException("The consortium is not up yet.");

    public RunningInstitution this[int index] => Description.Institutions[index];

    /// <summary>The ledger's name, as a gateway tells it.</summary>
    public string Ledger
    {
        get
        {
            using var http = this[0].Anyone();
            using var answer = http.Send(new HttpRequestMessage(HttpMethod.Get, "/v1/trust"));
            using var json = JsonDocument.Parse(answer.EnsureSuccessStatusCode().Content.ReadAsStream());
            return json.RootElement.GetProperty("ledger").GetString()!;
        }
    }

    private ConsortiumContainers Containers => new(State);

    /// <summary>Whether the processes are ours to kill: not on a network that somebody else started.</summary>
    public bool OwnsProcesses => _given is null;

    public async ValueTask InitializeAsync()
    {
        if (_given is not null)
        {
            _state = Path.GetDirectoryName(Path.GetFullPath(_given))!;
            await ReadAsync();
            return;
        }

        _state = Directory.CreateTempSubdirectory("microcreds-").FullName;
        string description = Path.Combine(_state, "described.json");
        await File.WriteAllTextAsync(description, await DescribeOnAnyPortsAsync());
        string[] arguments =
            ["up", "--engine", Engine, "--state", _state, "--consortium", description, "--free-ports", .. Further];
        var (code, said) = await RunOperatorAsync(Binaries, arguments);
        if (code == Unavailable)
        {
            // A fixture cannot skip its tests: each does so itself.
            _missing = said;
            Directory.Delete(_state, recursive: true);
            return;
        }

        Assert.True(code == 0, $"{string.Join(' ', arguments)}:\n{said}");
        await ReadAsync();
    }

    /// <summary>
    /// The sample consortium without its ports: whoever brings it up by hand meanwhile finds those free, and does not
    /// take them from a network whose processes have just been killed.
    /// </summary>
    private async Task<string> DescribeOnAnyPortsAsync()
    {
        string sample = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "network", "consortium.json"));
        var description = JsonNode.Parse(LoopbackPort().Replace(sample, "127.0.0.1:0"))!;
        Redescribe?.Invoke(description);
        return description.ToJsonString();
    }

    /// <summary>Reads network.json, again after it has changed.</summary>
    public async Task ReadAsync()
    {
        byte[] json = await File.ReadAllBytesAsync(Path.Combine(State, "network.json"));
        _description = JsonSerializer.Deserialize<NetworkDescription>(json, JsonSerializerOptions.Web);
    }

    public async ValueTask DisposeAsync()
    {
        if (_given is null && _missing is null && _state.Length > 0)
        {
            await OperateAsync("down", "--state", State, "--wipe");
        }
    }

    /// <summary>Starts what is down.</summary>
    public async Task HealAsync()
    {
        var (code, said) = await RunOperatorAsync(Binaries, "up", "--state", State, "--no-seed");
        Assert.True(code == 0, said);
    }

    /// <summary>Kills a process without a warning, as a power failure would.</summary>
    /// <param name="name">network, chaincode-… or gateway-… with an MSP id.</param>
    public void Kill(string name)
    {
        if (Containers.AreThere)
        {
            Containers.Kill(name);
            return;
        }

        string pid = File.ReadAllText(Path.Combine(State, "run", $"{name}.pid")).Split(' ')[0];
        using var process = Process.GetProcessById(int.Parse(pid, CultureInfo.InvariantCulture));
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>Takes the ledger of a peer that is down away, as a broken disk would.</summary>
    public void LoseLedger(string mspId)
    {
        if (Containers.AreThere)
        {
            Containers.RemoveWithVolume($"peer-{mspId}");
        }
        else
        {
            Directory.Delete(Path.Combine(State, "fabric", "peers", mspId, "data"), recursive: true);
        }
    }

    /// <summary>The numbers of all processes, by name.</summary>
    public IReadOnlyDictionary<string, int> ProcessIds() => Containers.AreThere
        ? Containers.ProcessIds()
        : Directory.GetFiles(Path.Combine(State, "run"), "*.pid").ToDictionary(
            file => Path.GetFileNameWithoutExtension(file),
            file => int.Parse(File.ReadAllText(file).Split(' ')[0], CultureInfo.InvariantCulture));

    /// <summary>Runs a verb of the operator's program, which must succeed; returns what it said.</summary>
    public static async Task<string> OperateAsync(params string[] arguments)
    {
        var (code, said) = await TryOperateAsync(arguments);
        Assert.True(code == 0, $"{string.Join(' ', arguments)}:\n{said}");
        return said;
    }

    /// <summary>Runs a verb of the operator's program; returns its exit code and what it said.</summary>
    public static Task<(int Code, string Said)> TryOperateAsync(params string[] arguments) =>
        RunOperatorAsync(binaries: null, arguments);

    private static async Task<(int Code, string Said)> RunOperatorAsync(string? binaries, params string[] arguments)
    {
        string program = Path.Combine(
            Repository.Root, "network", "MicroCreds.Ledger.Operator", "bin", Configuration, "net10.0",
            "MicroCreds.Ledger.Operator.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (binaries is not null)
        {
            start.Environment["FABRIC_BIN"] = binaries;
        }

        using var operate = Process.Start(start)!;
        var output = operate.StandardOutput.ReadToEndAsync();
        var error = operate.StandardError.ReadToEndAsync();
        await operate.WaitForExitAsync();
        return (operate.ExitCode, $"{await output}\n{await error}".Trim());
    }

    [GeneratedRegex(@"127\.0\.0\.1:\d+")]
    private static partial Regex LoopbackPort();
}

/// <summary>What network.json says.</summary>
public sealed record NetworkDescription(
    string Engine, string Channel, string Chaincode, IReadOnlyList<RunningInstitution> Institutions);

/// <summary>One institution of network.json, and how to talk to its gateway.</summary>
public sealed record RunningInstitution(
    string MspId,
    string Name,
    string Domain,
    string Country,
    string GatewayUrl,
    string ApiKey,
    string PeerEndpoint,
    string PeerTlsCa,
    string UserCert,
    string UserKey)
{
    /// <summary>A client with the institution's API key.</summary>
    public HttpClient Registrar()
    {
        var http = Anyone();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        return http;
    }

    /// <summary>A client without a login.</summary>
    public HttpClient Anyone() => new() { BaseAddress = new Uri(GatewayUrl), Timeout = TimeSpan.FromMinutes(2) };
}

/// <summary>Tests that share one running consortium, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class ConsortiumTests : ICollectionFixture<RunningConsortium>
{
    public const string Name = "A running consortium";
}
