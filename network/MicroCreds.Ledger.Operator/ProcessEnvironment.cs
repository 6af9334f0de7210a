using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Engines;

namespace MicroCreds.Ledger.Operator;

/// <summary>The environment that each program is started with.</summary>
internal static class ProcessEnvironment
{
    /// <summary>Nine processes share a small machine: no concurrent collector, no second tier of profiling.</summary>
    public static readonly IReadOnlyDictionary<string, string> Lean = new Dictionary<string, string>
    {
        ["DOTNET_gcServer"] = "0",
        ["DOTNET_gcConcurrent"] = "0",

        // Else a process first collects when it has made as much garbage as the processor has cache.
        ["DOTNET_GCgen0size"] = "0x400000",
        ["DOTNET_TieredPGO"] = "0",

        // Else a thread that runs out of work looks for more for a while, in the time of a process that has some.
        ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",

        // Else each of a process's threads has a piece of native memory of its own, most of it empty.
        ["MALLOC_ARENA_MAX"] = "2",

        // Else each large block that is freed raises the size from which the next ones are kept, which costs 4 MB.
        ["MALLOC_MMAP_THRESHOLD_"] = "131072",
        ["MALLOC_TRIM_THRESHOLD_"] = "65536",

        // Else half of what starting takes goes into compiling anew what was called thirty times: that is for what
        // stays busy, which was called a thousand times (both numbers are hexadecimal: 1,000 calls, counted from
        // 500 ms without new code). A longer wait for such a moment does not come while a gateway is busy.
        ["DOTNET_TC_CallCountThreshold"] = "3E8",
        ["DOTNET_TC_CallCountingDelayMs"] = "1F4",
    };

    /// <summary>
    /// The same for a network that is there to be tried: memory that code lies in may be written, which spares a
    /// quarter of starting. Where keys are worth something it may not.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string> Trial = new Dictionary<string, string>(Lean)
    {
        ["DOTNET_EnableWriteXorExecute"] = "0",
    };

    private const string LogCosigners = "MICROCREDS_LOG_COSIGNERS";
    private const string LogExchange = "MICROCREDS_LOG_EXCHANGE";
    private const string MailServer = "MICROCREDS_MAIL_SERVER";

    // A gateway asks each member every five seconds; where all stand on one machine that grows with their square.
    private const int MostAskedASecond = 5;
    private const int FewMembers = 5;

    public static Dictionary<string, string> ForChaincode(
        string state, IEngine engine, Consortium consortium, OrganizationSettings organization)
    {
        var chaincode = consortium.Chaincodes.SingleOrDefault(candidate => candidate.Name == Up.ChaincodeName)
            ?? throw new OperatorException($"consortium.json lists no chaincode \"{Up.ChaincodeName}\": add it.");
        if (!chaincode.Servers.TryGetValue(organization.MspId, out string? address))
        {
            throw new OperatorException(
                $"The chaincode {chaincode.Name} has no server for {organization.MspId}: add it to consortium.json.");
        }

        var files = new OrganizationFiles(state, organization.Domain);
        return new Dictionary<string, string>(engine is EmbeddedEngine ? Trial : Lean)
        {
            ["CHAINCODE_SERVER_ADDRESS"] = address,
            ["CORE_CHAINCODE_ID_NAME"] = engine.ChaincodeIdOf(chaincode, organization),
            ["CORE_PEER_TLS_ENABLED"] = chaincode.Tls ? "true" : "false",
            ["CORE_TLS_CLIENT_KEY_FILE"] = files.ForChaincode(chaincode.Name, "server.key"),
            ["CORE_TLS_CLIENT_CERT_FILE"] = files.ForChaincode(chaincode.Name, "server.crt"),
            ["CORE_PEER_TLS_ROOTCERT_FILE"] = files.ForChaincode(chaincode.Name, "ca.crt"),
        };
    }

    public static Dictionary<string, string> ForGateway(
        string state, Consortium consortium, OrganizationSettings organization, NetworkFile network,
        bool isTrial = false)
    {
        var entry = network.Institutions.Single(institution => institution.MspId == organization.MspId);
        var files = new OrganizationFiles(state, organization.Domain);
        var environment = new Dictionary<string, string>(isTrial ? Trial : Lean)
        {
            ["MICROCREDS_MSP_ID"] = organization.MspId,
            ["MICROCREDS_CHANNEL"] = consortium.Channel,
            ["MICROCREDS_CHAINCODE"] = Up.ChaincodeName,
            ["MICROCREDS_PEER_ENDPOINT"] = entry.PeerEndpoint,
            ["MICROCREDS_PEER_TLS_CA"] = entry.PeerTlsCa,
            ["MICROCREDS_PEER_TLS_NAME"] = files.PeerTlsName,
            ["MICROCREDS_USER_CERT"] = entry.UserCert,
            ["MICROCREDS_USER_KEY"] = entry.UserKey,
            ["MICROCREDS_ADMIN_CERT"] = files.CertificateOf("Admin"),
            ["MICROCREDS_ADMIN_KEY"] = files.KeyOf("Admin"),
            ["MICROCREDS_LISTEN"] = entry.GatewayUrl,
            ["MICROCREDS_PUBLIC_URL"] = entry.GatewayUrl,
            ["MICROCREDS_DATA_DIRECTORY"] = Path.Combine(state, "gateways", organization.MspId),
            ["MICROCREDS_API_KEY"] = entry.ApiKey,

            // On one machine members are reached by ports and not by their domains.
            ["MICROCREDS_MEMBER_GATEWAYS"] = string.Join(
                ',', network.Institutions.Select(member => $"{member.MspId}={member.GatewayUrl}")),
        };

        // Who tries it out has no mail server: a page shows what would be sent, unless the environment names one.
        if (isTrial && Environment.GetEnvironmentVariable(MailServer) is null)
        {
            environment[MailServer] = "mailbox";
        }

        if (Environment.GetEnvironmentVariable(LogCosigners) is null)
        {
            environment[LogCosigners] = "members";
        }

        int members = consortium.Organizations.Count;
        if (members > FewMembers && Environment.GetEnvironmentVariable(LogExchange) is null)
        {
            environment[LogExchange] = TimeSpan.FromSeconds(members * members / MostAskedASecond).ToString("c");
        }

        if (entry.OperationsUrl is not null)
        {
            environment[OperationsPort.Variable] = entry.OperationsUrl;
        }

        return environment;
    }
}
