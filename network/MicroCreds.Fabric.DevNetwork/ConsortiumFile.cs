using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using MicroCreds.Fabric.DevNetwork.Chaincodes;
using MicroCreds.Fabric.DevNetwork.Gateway;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;

namespace MicroCreds.Fabric.DevNetwork;

/// <summary>Reads a consortium's description and checks it, naming every fault at once. Thread-safe.</summary>
public static partial class ConsortiumFile
{
    private const int MinBftOrderers = 4;
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromHours(1);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        AllowTrailingCommas = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
    };

    /// <summary>Reads a consortium.json.</summary>
    /// <exception cref="DevNetworkException">The file is missing or faulty; the message names each fault.</exception>
    public static Consortium Read(string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        try
        {
            return Parse(File.ReadAllText(file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DevNetworkException(
                $"The consortium's description cannot be read: {exception.Message}", exception);
        }
        catch (DevNetworkException exception)
        {
            throw new DevNetworkException($"{file}: {exception.Message}", exception);
        }
    }

    /// <summary>Reads the content of a consortium.json.</summary>
    /// <exception cref="DevNetworkException">The content is faulty; the message names each fault.</exception>
    public static Consortium Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            var consortium = JsonSerializer.Deserialize<Consortium>(json, Json)
                ?? throw new DevNetworkException("The consortium's description is empty.");
            Validate(consortium);
            return consortium;
        }
        catch (JsonException exception)
        {
            throw new DevNetworkException(
                $"The consortium's description is not the JSON that is expected: {exception.Message}", exception);
        }
    }

    /// <summary>Checks a consortium.</summary>
    /// <exception cref="DevNetworkException">It is faulty; the message names each fault.</exception>
    public static void Validate(Consortium consortium)
    {
        ArgumentNullException.ThrowIfNull(consortium);
        var faults = new List<string>();
        if (!ChannelName().IsMatch(consortium.Channel))
        {
            faults.Add($"channel: '{consortium.Channel}' must be lower-case letters, digits, dots and dashes, and "
                + "start with a letter");
        }

        ValidateBatch(consortium.Batch, faults);
        if (consortium.Organizations.Count is 0 or > OrganizationIndex.MaxOrganizations)
        {
            faults.Add($"organizations: there must be 1 to {OrganizationIndex.MaxOrganizations}");
        }

        ValidateOwner("orderer", consortium.Orderer.MspId, consortium.Orderer.Domain, faults);
        ValidateEndpoint("orderer.endpoint", consortium.Orderer.Endpoint, faults);
        ValidateCluster(consortium.Orderer, faults);
        for (int i = 0; i < consortium.Organizations.Count; i++)
        {
            var organization = consortium.Organizations[i];
            ValidateOwner($"organizations[{i}]", organization.MspId, organization.Domain, faults);
            ValidateEndpoint($"organizations[{i}].peer", organization.Peer, faults);
            for (int j = 0; j < organization.FurtherPeers.Count; j++)
            {
                ValidateEndpoint($"organizations[{i}].furtherPeers[{j}]", organization.FurtherPeers[j], faults);
            }

            if (organization.GatewayOperations is { } operations)
            {
                ValidateEndpoint($"organizations[{i}].gatewayOperations", operations, faults);
            }
        }

        ValidateUnique(consortium, faults);
        ValidateChaincodes(consortium, faults);
        if (faults.Count > 0)
        {
            throw new DevNetworkException(
                "The consortium's description has faults:\n" + string.Join('\n', faults.Select(fault => "- " + fault)));
        }
    }

    /// <summary>What <see cref="IsVersion"/> asks for, in words.</summary>
    public const string VersionForm = "letters, digits, dots, dashes, underscores and plus signs";

    /// <summary>Whether Fabric takes a text for a chaincode's version; it is a part of files' names, too.</summary>
    public static bool IsVersion(string text) => ChaincodeVersion().IsMatch(text);

    internal static ChaincodeDefinition Define(ChaincodeSettings settings, IEnumerable<string> members) =>
        new()
        {
            Name = settings.Name,
            Version = settings.Version,
            Policy = SignaturePolicyText.Parse(settings.EndorsementPolicy),
            Servers = settings.Servers,
            Tls = settings.Tls,
            ExecuteTimeout = settings.ExecuteTimeout,
            Collections = settings.Collections.Select(CollectionDefinition.Define)
                .Concat(members.Select(CollectionDefinition.Implicit))
                .ToDictionary(collection => collection.Name),
        };

    private static void ValidateBatch(BatchSettings batch, List<string> faults)
    {
        if (batch.MaxMessageCount is < 1 or > 100_000)
        {
            faults.Add("batch.maxMessageCount: must be 1 to 100000");
        }

        if (batch.AbsoluteMaxBytes is < 1 or > DevNetworkLimits.MaxMessageBytes)
        {
            faults.Add($"batch.absoluteMaxBytes: must be 1 to {DevNetworkLimits.MaxMessageBytes}");
        }

        if (batch.PreferredMaxBytes < 1 || batch.PreferredMaxBytes > batch.AbsoluteMaxBytes)
        {
            faults.Add("batch.preferredMaxBytes: must be 1 to absoluteMaxBytes");
        }

        if (batch.Timeout < TimeSpan.FromMilliseconds(1) || batch.Timeout > MaxTimeout)
        {
            faults.Add("batch.timeout: must be 00:00:00.001 to 01:00:00");
        }
    }

    private static void ValidateOwner(string where, string mspId, string domain, List<string> faults)
    {
        if (!MspName().IsMatch(mspId))
        {
            faults.Add($"{where}.mspId: '{mspId}' must be letters, digits, dots and dashes");
        }

        if (!DomainName().IsMatch(domain))
        {
            faults.Add($"{where}.domain: '{domain}' is not a lower-case DNS name");
        }
    }

    private static void ValidateCluster(OrdererSettings orderer, List<string> faults)
    {
        for (int i = 0; i < orderer.FurtherEndpoints.Count; i++)
        {
            ValidateEndpoint($"orderer.furtherEndpoints[{i}]", orderer.FurtherEndpoints[i], faults);
        }

        if (orderer.Consensus is not (OrdererSettings.RaftConsensus or OrdererSettings.BftConsensus))
        {
            faults.Add($"orderer.consensus: '{orderer.Consensus}' must be raft or bft");
        }
        else if (orderer.Consensus == OrdererSettings.BftConsensus
            && 1 + orderer.FurtherEndpoints.Count < MinBftOrderers)
        {
            faults.Add($"orderer.consensus: bft needs {MinBftOrderers} orderers or more: add furtherEndpoints");
        }
    }

    private static void ValidateEndpoint(string where, string endpoint, List<string> faults)
    {
        if (LoopbackEndpoint.Check(endpoint, out _, out _) is { } fault)
        {
            faults.Add($"{where}: {fault}");
        }
    }

    private static void ValidateUnique(Consortium consortium, List<string> faults)
    {
        void Check(string what, IEnumerable<string> values)
        {
            foreach (var group in values.GroupBy(value => value).Where(group => group.Count() > 1))
            {
                faults.Add($"{what} '{group.Key}' is given {group.Count()} times");
            }
        }

        Check("mspId", consortium.Organizations.Select(o => o.MspId).Append(consortium.Orderer.MspId));
        Check("domain", consortium.Organizations.Select(o => o.Domain).Append(consortium.Orderer.Domain));
        Check(
            "endpoint",
            consortium.Organizations.Select(o => o.Peer).Append(consortium.Orderer.Endpoint)
                .Concat(consortium.Orderer.FurtherEndpoints)
                .Concat(consortium.Organizations.SelectMany(o => o.FurtherPeers))
                .Where(endpoint => !endpoint.EndsWith(":0", StringComparison.Ordinal)));
        Check("chaincode", consortium.Chaincodes.Select(chaincode => chaincode.Name));
    }

    private static void ValidateChaincodes(Consortium consortium, List<string> faults)
    {
        var members = consortium.Organizations.Select(organization => organization.MspId).ToHashSet();
        for (int i = 0; i < consortium.Chaincodes.Count; i++)
        {
            var chaincode = consortium.Chaincodes[i];
            string where = $"chaincodes[{i}]";
            if (!ChaincodeName().IsMatch(chaincode.Name))
            {
                faults.Add($"{where}.name: '{chaincode.Name}' must be letters, digits, dashes and underscores");
            }

            if (!IsVersion(chaincode.Version))
            {
                faults.Add($"{where}.version: '{chaincode.Version}' must be {VersionForm}");
            }

            if (chaincode.ExecuteTimeout <= TimeSpan.Zero || chaincode.ExecuteTimeout > MaxTimeout)
            {
                faults.Add($"{where}.executeTimeout: must be more than zero and at most 01:00:00");
            }

            ValidatePolicy($"{where}.endorsementPolicy", chaincode.EndorsementPolicy, members, faults);
            ValidateCollections(where, chaincode.Collections, members, faults);
            foreach (var (mspId, server) in chaincode.Servers)
            {
                ValidateEndpoint($"{where}.servers.{mspId}", server, faults);
                if (!members.Contains(mspId))
                {
                    faults.Add($"{where}.servers: {mspId} is no organization of the consortium");
                }
            }
        }
    }

    private static void ValidatePolicy(
        string where, string text, HashSet<string> members, List<string> faults, bool anyOneOnly = false)
    {
        try
        {
            var policy = SignaturePolicyText.Parse(text);
            if (anyOneOnly && !IsAnyOne(policy.Rule))
            {
                faults.Add($"{where}: one member must suffice: only OR may join them");
            }

            foreach (var principal in policy.Identities)
            {
                var role = MSPRole.Parser.ParseFrom(principal.Principal);
                if (!members.Contains(role.MspIdentifier))
                {
                    faults.Add($"{where}: {role.MspIdentifier} is no organization of the consortium");
                }
            }
        }
        catch (FormatException exception)
        {
            faults.Add($"{where}: {exception.Message}");
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9.-]{0,248}$")]
    private static partial Regex ChannelName();

    [GeneratedRegex("^[A-Za-z0-9.-]{1,128}$")]
    private static partial Regex MspName();

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$")]
    private static partial Regex DomainName();

    [GeneratedRegex(@"^[A-Za-z0-9_.+-]+\z")]
    private static partial Regex ChaincodeVersion();

    [GeneratedRegex("^[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$")]
    private static partial Regex ChaincodeName();
}
