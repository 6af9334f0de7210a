using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Endorser;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol.Lifecycle;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.DevNetwork.Chaincodes;

/// <summary>
/// One peer's _lifecycle: says which chaincodes the channel has agreed on and which this peer runs. Thread-safe.
/// </summary>
/// <remarks>
/// Everything was agreed at the first sequence when the network was made from its description, so that the functions
/// which change it are refused. Source: Fabric's core/chaincode/lifecycle.
/// </remarks>
/// <param name="definitions">The channel's chaincodes.</param>
/// <param name="members">The organisations that agreed.</param>
/// <param name="access">The channel's policies.</param>
/// <param name="channelId">The one channel.</param>
/// <param name="mspId">The organisation whose peer this is.</param>
internal sealed class LifecycleChaincode(
    IReadOnlyDictionary<string, ChaincodeDefinition> definitions,
    IReadOnlyList<string> members,
    ChannelAccess access,
    string channelId,
    string mspId)
{
    /// <summary>The name that clients call it by.</summary>
    public const string Name = "_lifecycle";

    private const int Sequence = 1;
    private const string EndorsementPlugin = "escc";
    private const string ValidationPlugin = "vscc";
    private const int ArgumentCount = 2;

    /// <summary>Runs a function.</summary>
    /// <exception cref="ChaincodeException">The function was refused; the message is worded as the peer's.</exception>
    /// <exception cref="ChaincodeNotDefinedException">The channel has no such chaincode.</exception>
    public byte[] Invoke(Invocation invocation, ChaincodeInput input)
    {
        if (input.Args.Count != ArgumentCount)
        {
            throw new ChaincodeException(input.Args.Count == 0
                ? "lifecycle scc must be invoked with arguments"
                : $"lifecycle scc operations require exactly two arguments but received {input.Args.Count}");
        }

        string function = input.Args[0].ToStringUtf8();
        if (Refuse(function, invocation) is { } refused)
        {
            throw new ChaincodeException($"Failed to authorize invocation due to failed ACL check: {refused}");
        }

        try
        {
            return Answer(function, input.Args[1]).ToByteArray();
        }
        catch (InvalidProtocolBufferException)
        {
            throw Failed(
                function,
                $"could not decode input arg for *lifecycle.Invocation.{function}: "
                    + ProposalException.InvalidWireFormat);
        }
    }

    private IMessage Answer(string function, ByteString argument) => function switch
    {
        "QueryChaincodeDefinition" =>
            Describe(Find(QueryChaincodeDefinitionArgs.Parser.ParseFrom(argument).Name)),
        "QueryChaincodeDefinitions" => new QueryChaincodeDefinitionsResult
        {
            ChaincodeDefinitions = { definitions.Values.Select(List) },
        },
        "QueryApprovedChaincodeDefinition" =>
            DescribeApproved(QueryApprovedChaincodeDefinitionArgs.Parser.ParseFrom(argument)),
        "QueryApprovedChaincodeDefinitions" => new QueryApprovedChaincodeDefinitionsResult
        {
            ApprovedChaincodeDefinitions = { definitions.Values.Select(ListApproved) },
        },
        "QueryInstalledChaincode" =>
            DescribeInstalled(QueryInstalledChaincodeArgs.Parser.ParseFrom(argument).PackageId),
        "QueryInstalledChaincodes" => new QueryInstalledChaincodesResult
        {
            InstalledChaincodes = { Installed.Select(ListInstalled) },
        },
        _ => throw Failed(
            function,
            "the embedded network takes its chaincodes from the consortium's description: change it there"),
    };

    private IEnumerable<ChaincodeDefinition> Installed =>
        definitions.Values.Where(definition => definition.Servers.ContainsKey(mspId));

    private static ChaincodeException Failed(string function, string reason) =>
        new($"failed to invoke backing implementation of '{function}': {reason}");

    /// <summary>Says why the caller may not use a function; null if it may.</summary>
    private string? Refuse(string function, Invocation invocation) => function switch
    {
        "QueryChaincodeDefinition" or "QueryChaincodeDefinitions" or "CheckCommitReadiness"
            or "CommitChaincodeDefinition" =>
            invocation.ChannelId.Length > 0
                ? access.RefuseWriter(invocation.Creator)
                : "Failed getting local MSP principal during channelless check policy with policy "
                    + "[/Channel/Application/Writers]: [MSP Principal role [/Channel/Application/Writers] "
                    + "not recognized]",
        "InstallChaincode" or "QueryInstalledChaincode" or "QueryInstalledChaincodes"
            or "GetInstalledChaincodePackage" or "ApproveChaincodeDefinitionForMyOrg"
            or "QueryApprovedChaincodeDefinition" or "QueryApprovedChaincodeDefinitions" =>
            RefuseLocally(invocation.Creator),
        _ => $"Unmapped policy for {Name}/{function}",
    };

    /// <summary>What only concerns this peer is for its own organisation's admins.</summary>
    private string? RefuseLocally(Identity creator) =>
        creator.MspId != mspId
            ? "Failed deserializing proposal creator during channelless check policy with policy [Admins]: "
                + $"[expected MSP ID {mspId}, received {creator.MspId}]"
        : !creator.Roles.HasFlag(IdentityRoles.Admin)
            ? "Failed verifying that proposal's creator satisfies local MSP principal during channelless check policy "
                + $"with policy [Admins]: [The identity is not an admin under this MSP [{mspId}]: The identity does "
                + $"not contain OU [ADMIN], MSP: [{mspId}]]"
        : null;

    private ChaincodeDefinition Find(string name) =>
        definitions.TryGetValue(name, out var definition) ? definition : throw new ChaincodeNotDefinedException(name);

    private QueryChaincodeDefinitionResult Describe(ChaincodeDefinition definition) => new()
    {
        Sequence = Sequence,
        Version = definition.Version,
        EndorsementPlugin = EndorsementPlugin,
        ValidationPlugin = ValidationPlugin,
        ValidationParameter = ParameterOf(definition),
        Collections = CollectionsOf(definition),
        Approvals = { members.ToDictionary(member => member, _ => true) },
    };

    private static QueryChaincodeDefinitionsResult.Types.ChaincodeDefinition List(ChaincodeDefinition definition) =>
        new()
        {
            Name = definition.Name,
            Sequence = Sequence,
            Version = definition.Version,
            EndorsementPlugin = EndorsementPlugin,
            ValidationPlugin = ValidationPlugin,
            ValidationParameter = ParameterOf(definition),
            Collections = CollectionsOf(definition),
        };

    private QueryApprovedChaincodeDefinitionResult DescribeApproved(QueryApprovedChaincodeDefinitionArgs asked)
    {
        // Sequence 0 asks for the latest.
        if (asked.Sequence is not (0 or Sequence) || !definitions.TryGetValue(asked.Name, out var definition))
        {
            throw Failed(
                "QueryApprovedChaincodeDefinition",
                $"could not fetch approved chaincode definition (name: '{asked.Name}', sequence: '{asked.Sequence}') "
                    + $"on channel '{channelId}'");
        }

        return new QueryApprovedChaincodeDefinitionResult
        {
            Sequence = Sequence,
            Version = definition.Version,
            EndorsementPlugin = EndorsementPlugin,
            ValidationPlugin = ValidationPlugin,
            ValidationParameter = ParameterOf(definition),
            Collections = CollectionsOf(definition),
            Source = SourceOf(definition),
        };
    }

    private QueryApprovedChaincodeDefinitionsResult.Types.ApprovedChaincodeDefinition ListApproved(
        ChaincodeDefinition definition) => new()
        {
            Name = definition.Name,
            Sequence = Sequence,
            Version = definition.Version,
            EndorsementPlugin = EndorsementPlugin,
            ValidationPlugin = ValidationPlugin,
            ValidationParameter = ParameterOf(definition),
            Collections = CollectionsOf(definition),
            Source = SourceOf(definition),
        };

    private QueryInstalledChaincodeResult DescribeInstalled(string packageId)
    {
        var definition = Installed.FirstOrDefault(definition => definition.PackageId == packageId)
            ?? throw Failed(
                "QueryInstalledChaincode", $"could not find chaincode with package id '{packageId}'");
        var chaincode = new QueryInstalledChaincodeResult.Types.Chaincode
        {
            Name = definition.Name,
            Version = definition.Version,
        };
        return new QueryInstalledChaincodeResult
        {
            PackageId = packageId,
            Label = definition.Label,
            References =
            {
                [channelId] = new QueryInstalledChaincodeResult.Types.References { Chaincodes = { chaincode } },
            },
        };
    }

    private QueryInstalledChaincodesResult.Types.InstalledChaincode ListInstalled(ChaincodeDefinition definition)
    {
        var chaincode = new QueryInstalledChaincodesResult.Types.Chaincode
        {
            Name = definition.Name,
            Version = definition.Version,
        };
        return new QueryInstalledChaincodesResult.Types.InstalledChaincode
        {
            PackageId = definition.PackageId,
            Label = definition.Label,
            References =
            {
                [channelId] = new QueryInstalledChaincodesResult.Types.References { Chaincodes = { chaincode } },
            },
        };
    }

    private ChaincodeSource SourceOf(ChaincodeDefinition definition) => definition.Servers.ContainsKey(mspId)
        ? new ChaincodeSource
        {
            LocalPackage = new ChaincodeSource.Types.Local { PackageId = definition.PackageId },
        }
        : new ChaincodeSource { Unavailable = new ChaincodeSource.Types.Unavailable() };

    /// <summary>Those of the definition: nobody defines the implicit ones.</summary>
    private static CollectionConfigPackage CollectionsOf(ChaincodeDefinition definition) => new()
    {
        Config =
        {
            definition.Collections.Values.Where(collection => !collection.IsImplicit)
                .Select(collection => collection.ToConfig()),
        },
    };

    private static ByteString ParameterOf(ChaincodeDefinition definition) =>
        new ApplicationPolicy { SignaturePolicy = definition.Policy }.ToByteString();
}

/// <summary>The channel has agreed on no chaincode of this name.</summary>
internal sealed class ChaincodeNotDefinedException(string name) : Exception($"namespace {name} is not defined");
