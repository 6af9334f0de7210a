using System.Diagnostics;
using MicroCreds.Ledger.Operator.Engines.Native;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

/// <summary>
/// A real peer in development mode with an orderer, both without TLS as that mode asks, where Fabric's programs are in
/// the folder that FABRIC_BIN names.
/// </summary>
internal sealed class DevelopmentPeer : IAsyncDisposable
{
    private const string MspId = "Org1MSP";
    private const string Channel = "mychannel";

    private const string Policy = "OR('Org1MSP.member')";

    private readonly string _binaries;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("development-");
    private readonly List<Process> _processes = [];
    private readonly string _orderer = FreePorts.TakeAddress();
    private readonly string _admin = FreePorts.TakeAddress();
    private readonly string _cluster = FreePorts.TakeAddress();
    private readonly string _endpoint = FreePorts.TakeAddress();

    private DevelopmentPeer(string binaries) => _binaries = binaries;

    /// <summary>Where chaincodes dial it.</summary>
    public string ChaincodeAddress { get; } = FreePorts.TakeAddress();

    private string Organization => Path.Combine(
        _folder.FullName, "organizations", "peerOrganizations", "org1.example");

    private string OrdererNode => Path.Combine(
        _folder.FullName, "organizations", "ordererOrganizations", "orderer.example", "orderers",
        "orderer.orderer.example");

    /// <summary>Starts both, or skips aloud where the programs are not there.</summary>
    public static async Task<DevelopmentPeer> StartAsync()
    {
        string binaries = Environment.GetEnvironmentVariable(FabricBinaries.DirectoryVariable) ?? "";
        string[] needed = ["peer", "orderer", "configtxgen", "cryptogen"];
        Assert.SkipUnless(
            binaries.Length > 0 && needed.All(name => File.Exists(Path.Combine(binaries, name))),
            $"{FabricBinaries.DirectoryVariable} names no folder with Fabric's {string.Join(", ", needed)}.");
        var peer = new DevelopmentPeer(binaries);
        try
        {
            await peer.StartProcessesAsync();
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Defines a chaincode by the id that it will register with.</summary>
    public async Task DeployAsync(string name, string chaincodeId)
    {
        string[] what =
        [
            "-o", _orderer, "--channelID", Channel, "--name", name, "--version", "1.0", "--sequence", "1",
            "--signature-policy", Policy,
        ];
        await AdministerAsync(["lifecycle", "chaincode", "approveformyorg", "--package-id", chaincodeId, .. what]);
        await AdministerAsync(["lifecycle", "chaincode", "commit", .. what]);
    }

    /// <summary>Submits a call until the peer has the chaincode, and waits until it is committed.</summary>
    public Task InvokeAsync(string name, string call) => AdministerAsync(
        ["chaincode", "invoke", "-o", _orderer, "-C", Channel, "-n", name, "-c", call, "--waitForEvent"]);

    /// <summary>Evaluates a call.</summary>
    public Task<string> QueryAsync(string name, string call) => AdministerAsync(
        ["chaincode", "query", "-C", Channel, "-n", name, "-c", call]);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private async Task StartProcessesAsync()
    {
        await WriteAsync("crypto.yaml", """
            OrdererOrgs:
              - { Name: Orderer, Domain: orderer.example, EnableNodeOUs: true, Specs: [{ Hostname: orderer }] }
            PeerOrgs:
              - { Name: Org1, Domain: org1.example, EnableNodeOUs: true, Template: { Count: 1 }, Users: { Count: 1 } }
            """);
        await RunAsync("cryptogen", "generate", "--config", "crypto.yaml", "--output", "organizations");
        await WriteAsync("configtx.yaml", ChannelProfile());
        await RunAsync(
            "configtxgen", "-configPath", ".", "-profile", "Development", "-channelID", Channel,
            "-outputBlock", "genesis.block");
        await WriteAsync("orderer.yaml", OrdererSettings());
        await WriteAsync("core.yaml", PeerSettings());
        Start("orderer");
        Start("peer", "node", "start", "--peer-chaincodedev");
        await JoinOrdererAsync();
        await AdministerAsync(["channel", "join", "-b", "genesis.block"]);
    }

    private async Task JoinOrdererAsync()
    {
        using var http = new HttpClient();
        byte[] block = await File.ReadAllBytesAsync(
            Path.Combine(_folder.FullName, "genesis.block"), TestContext.Current.CancellationToken);
        string said = "";
        await Until.TrueAsync(
            async () =>
            {
                try
                {
                    using var form = new MultipartFormDataContent
                    {
                        { new ByteArrayContent(block), "config-block", "config.block" },
                    };
                    using var answer = await http.PostAsync(
                        new Uri($"http://{_admin}/participation/v1/channels"), form,
                        TestContext.Current.CancellationToken);
                    said = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException e)
                {
                    said = e.Message;
                    return false;
                }
            },
            () => $"The orderer does not join the channel: {said}");
    }

    /// <summary>Calls the peer's command as its admin, until the peer is up and takes it.</summary>
    private async Task<string> AdministerAsync(string[] arguments)
    {
        string said = "";
        await Until.TrueAsync(
            async () =>
            {
                (int code, said) = await TryAsync("peer", arguments);
                return code == 0;
            },
            () => $"peer {string.Join(' ', arguments)}:\n{said}");
        return said;
    }

    private async Task RunAsync(string program, params string[] arguments)
    {
        var (code, said) = await TryAsync(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)}:\n{said}");
    }

    private async Task<(int Code, string Said)> TryAsync(string program, string[] arguments)
    {
        using var process = Process.Start(StartOf(program, arguments))!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, said + await errors);
    }

    private void Start(string program, params string[] arguments)
    {
        var process = Process.Start(StartOf(program, arguments))!;
        _processes.Add(process);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private ProcessStartInfo StartOf(string program, string[] arguments) =>
        new(Path.Combine(_binaries, program), arguments)
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["FABRIC_CFG_PATH"] = _folder.FullName,
                ["CORE_PEER_TLS_ENABLED"] = "false",
                ["CORE_PEER_MSPCONFIGPATH"] = arguments is ["node", ..]
                    ? Path.Combine(Organization, "peers", "peer0.org1.example", "msp")
                    : Path.Combine(Organization, "users", "Admin@org1.example", "msp"),
            },
        };

    private Task WriteAsync(string name, string text) =>
        File.WriteAllTextAsync(Path.Combine(_folder.FullName, name), text, TestContext.Current.CancellationToken);

    /// <summary>The channel of one organisation and one orderer, whose cluster of one has a listener of its
    /// own.</summary>
    private string ChannelProfile()
    {
        var (host, port) = NodeSettings.Split(_cluster);
        string Policies(string mspId, string endorser) => $$"""
            Policies:
                        Readers: { Type: Signature, Rule: "OR('{{mspId}}.member')" }
                        Writers: { Type: Signature, Rule: "OR('{{mspId}}.member')" }
                        Admins: { Type: Signature, Rule: "OR('{{mspId}}.admin')" }
                        Endorsement: { Type: Signature, Rule: "OR('{{mspId}}.{{endorser}}')" }
            """;
        return $$"""
            Profiles:
              Development:
                Capabilities: { V2_0: true }
                Policies: &implicit
                  Readers: { Type: ImplicitMeta, Rule: "ANY Readers" }
                  Writers: { Type: ImplicitMeta, Rule: "ANY Writers" }
                  Admins: { Type: ImplicitMeta, Rule: "MAJORITY Admins" }
                  BlockValidation: { Type: ImplicitMeta, Rule: "ANY Writers" }
                  Endorsement: { Type: ImplicitMeta, Rule: "MAJORITY Endorsement" }
                  LifecycleEndorsement: { Type: ImplicitMeta, Rule: "MAJORITY Endorsement" }
                Orderer:
                  OrdererType: etcdraft
                  BatchTimeout: 50ms
                  BatchSize: { MaxMessageCount: 10, AbsoluteMaxBytes: 10 MB, PreferredMaxBytes: 2 MB }
                  EtcdRaft:
                    Consenters:
                      - Host: {{host}}
                        Port: {{port}}
                        ClientTLSCert: {{OrdererNode}}/tls/server.crt
                        ServerTLSCert: {{OrdererNode}}/tls/server.crt
                    Options:
                      TickInterval: 100ms
                      ElectionTick: 10
                      HeartbeatTick: 1
                      MaxInflightBlocks: 5
                      SnapshotIntervalSize: 16 MB
                  Organizations:
                    - Name: OrdererMSP
                      ID: OrdererMSP
                      MSPDir: {{OrdererNode}}/msp
                      OrdererEndpoints: ["{{_orderer}}"]
                      {{Policies("OrdererMSP", "member")}}
                  Capabilities: { V2_0: true }
                  Policies: *implicit
                Application:
                  Organizations:
                    - Name: {{MspId}}
                      ID: {{MspId}}
                      MSPDir: {{Organization}}/msp
                      {{Policies(MspId, "peer")}}
                  Capabilities: { V2_5: true }
                  Policies: *implicit
            """;
    }

    private string OrdererSettings()
    {
        var (host, port) = NodeSettings.Split(_orderer);
        var (clusterHost, clusterPort) = NodeSettings.Split(_cluster);
        return $$"""
            General:
              ListenAddress: {{host}}
              ListenPort: {{port}}
              LocalMSPID: OrdererMSP
              LocalMSPDir: {{OrdererNode}}/msp
              BootstrapMethod: none
              TLS: { Enabled: false }
              Cluster:
                ListenAddress: {{clusterHost}}
                ListenPort: {{clusterPort}}
                ServerCertificate: {{OrdererNode}}/tls/server.crt
                ServerPrivateKey: {{OrdererNode}}/tls/server.key
                ClientCertificate: {{OrdererNode}}/tls/server.crt
                ClientPrivateKey: {{OrdererNode}}/tls/server.key
                RootCAs: [{{OrdererNode}}/tls/ca.crt]
                SendBufferSize: 100
              Authentication: { TimeWindow: 15m }
              BCCSP: { Default: SW, SW: { Hash: SHA2, Security: 256 } }
            FileLedger: { Location: {{_folder.FullName}}/orderer }
            Consensus: { WALDir: {{_folder.FullName}}/wal, SnapDir: {{_folder.FullName}}/snapshots }
            ChannelParticipation: { Enabled: true, MaxRequestBodySize: 16 MB }
            Admin: { ListenAddress: "{{_admin}}", TLS: { Enabled: false } }
            """;
    }

    /// <summary>Those of the native engine's peers, with this one's places.</summary>
    private string PeerSettings()
    {
        string node = Path.Combine(Organization, "peers", "peer0.org1.example");
        var values = new Dictionary<string, string>
        {
            ["peerName"] = "peer0.org1.example",
            ["channel"] = Channel,
            ["peerEndpoint"] = _endpoint,
            ["chaincodeEndpoint"] = ChaincodeAddress,
            ["operationsEndpoint"] = "127.0.0.1:0",
            ["dataDirectory"] = Path.Combine(_folder.FullName, "peer"),
            ["mspDirectory"] = Path.Combine(node, "msp"),
            ["tlsDirectory"] = Path.Combine(node, "tls"),
            ["mspId"] = MspId,
            ["authFilters"] = "[{ name: DefaultAuth }]",
            ["executeTimeout"] = "30s",
            ["builderDirectory"] = _folder.FullName,
        };
        return SettingsTemplate.Fill("core.yaml", values);
    }
}
