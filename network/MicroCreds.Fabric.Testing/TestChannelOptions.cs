using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.DevNetwork;
using Microsoft.Extensions.Logging;

namespace MicroCreds.Fabric.Testing;

/// <summary>The channel that a chaincode is tested on: who is on it, and by what rules the chaincode runs there.
/// </summary>
/// <remarks>Where a fixture runs on real Fabric, all but the chaincodes' names is that network's own.</remarks>
public sealed record TestChannelOptions
{
    private const string AnyPort = "127.0.0.1:0";

    /// <summary>The channel's name. Default is "mychannel".</summary>
    public string Channel { get; init; } = "mychannel";

    /// <summary>The name under which clients call the chaincode. Default is "chaincode".</summary>
    public string ChaincodeName { get; init; } = "chaincode";

    /// <summary>The MSP ids of the organisations, each with a peer. Default is Org1MSP and Org2MSP.</summary>
    public IReadOnlyList<string> Organizations { get; init; } = ["Org1MSP", "Org2MSP"];

    /// <summary>
    /// The endorsement policy of the chaincodes, such as <c>OR('Org1MSP.peer', 'Org2MSP.peer')</c>. Default is null:
    /// more than half of the organisations.
    /// </summary>
    public string? EndorsementPolicy { get; init; }

    /// <summary>
    /// The chaincode's private data collections. Default is none but the implicit ones, <c>_implicit_org_MSPID</c>.
    /// </summary>
    public IReadOnlyList<CollectionSettings> Collections { get; init; } = [];

    /// <summary>Further chaincodes of the channel, by name, for those that call each other. Default is none.</summary>
    public IReadOnlyDictionary<string, IChaincode> OtherChaincodes { get; init; } =
        new Dictionary<string, IChaincode>();

    /// <summary>The clock of the network and of clients of a <see cref="TestLedger"/>. Default is the system's.
    /// </summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where chaincodes and network log. Default is null: nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>
    /// The description of a running network of Fabric's own, for <see cref="FabricFixture"/>. Default is null: what the
    /// environment variable <see cref="FabricFixture.NetworkVariable"/> names, and without it the embedded network.
    /// </summary>
    public string? NetworkFile { get; init; }

    /// <summary>Describes the channel as the embedded network takes it.</summary>
    /// <param name="addressOf">Where the server of a chaincode listens.</param>
    /// <exception cref="FabricTestException">It is faulty; the message names each fault.</exception>
    internal Consortium Describe(Func<string, string> addressOf)
    {
        var consortium = new Consortium
        {
            Name = "Test",
            Channel = Channel,
            Orderer = new OrdererSettings { MspId = "OrdererMSP", Domain = "orderer.example", Endpoint = AnyPort },
            Organizations =
            [
                .. Organizations.Select(mspId => new OrganizationSettings
                {
                    MspId = mspId, Name = mspId, Domain = DomainOf(mspId), Peer = AnyPort,
                }),
            ],
            Chaincodes =
                [.. OtherChaincodes.Keys.Prepend(ChaincodeName).Select(name => Describe(name, addressOf(name)))],
        };
        try
        {
            ConsortiumFile.Validate(consortium);
            return consortium;
        }
        catch (DevNetworkException e)
        {
            throw new FabricTestException($"The options of the test's channel are wrong. {e.Message}", e);
        }
    }

    private static string DomainOf(string mspId)
    {
        string name = mspId.ToLowerInvariant();
        if (name.Length > 3 && name.EndsWith("msp", StringComparison.Ordinal))
            name = name[..^3];
        return string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')).Trim('-')
            + ".example";
    }

    private ChaincodeSettings Describe(string name, string address) => new()
    {
        Name = name,
        EndorsementPolicy = EndorsementPolicy ?? MoreThanHalf(),
        Servers = Organizations.Distinct().ToDictionary(mspId => mspId, _ => address),
        Tls = false,
        Collections = name == ChaincodeName ? Collections : [],
    };

    private string MoreThanHalf() => FormattableString.Invariant(
        $"OutOf({(Organizations.Count / 2) + 1}, {string.Join(", ", Organizations.Select(id => $"'{id}.peer'"))})");
}
